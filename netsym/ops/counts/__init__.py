"""The counting readings: sizes and uses of a formula that nobody builds."""
