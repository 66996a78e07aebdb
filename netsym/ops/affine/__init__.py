"""The affine readings: values as affine functions of the inputs, and how they are written."""
