"""Operators that ONNX itself defines by simpler ones, as the nodes of their definition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onnx import AttributeProto, FunctionProto, NodeProto, TypeProto, defs

from netsym.layers import Shape


def body_of(
    node: NodeProto, opset: int, types: Sequence[tuple[int, Shape] | None]
) -> FunctionProto | None:
    """The definition of the operator of a node, its attributes filled in; None if there is none.

    `types` are the element types and the shapes of its inputs.
    """
    try:
        schema: Any = defs.get_schema(node.op_type, opset, node.domain)
    except defs.SchemaError:
        return None
    function = FunctionProto()
    if schema.has_function:
        version = _version(schema.function_opset_versions, opset)
        function.ParseFromString(schema.get_function_with_opset_version(version))
    elif schema.has_context_dependent_function:
        version = _version(schema.context_dependent_function_opset_versions, opset)
        serialized = [_type(each) for each in types]
        made = schema.get_context_dependent_function_with_opset_version(
            version, node.SerializeToString(), serialized
        )
        if not made:
            return None
        function.ParseFromString(made)
    else:
        return None
    known = {name: default.default_value for name, default in schema.attributes.items()}
    known |= {attribute.name: attribute for attribute in node.attribute}
    for each in function.node:
        _fill_in(each, known)
    return function


def _version(versions: Sequence[int], opset: int) -> int:
    """The newest definition that the opset has, or the oldest of later ones."""
    before = [version for version in versions if version <= opset]
    return max(before) if before else min(versions)


def _type(known: tuple[int, Shape] | None) -> bytes:
    type_ = TypeProto()
    if known is not None:
        type_.tensor_type.elem_type = known[0]
        for length in known[1]:
            type_.tensor_type.shape.dim.add().dim_value = length
        if not known[1]:
            type_.tensor_type.shape.SetInParent()
    made: bytes = type_.SerializeToString()
    return made


def _fill_in(node: NodeProto, known: dict[str, AttributeProto]) -> None:
    """Attributes that refer to those of the operator, replaced by these; left out if not given."""
    kept = []
    for attribute in node.attribute:
        if not attribute.ref_attr_name:
            kept.append(attribute)
        elif known.get(attribute.ref_attr_name, AttributeProto()).type:
            given = AttributeProto()
            given.CopyFrom(known[attribute.ref_attr_name])
            given.name = attribute.name
            kept.append(given)
    copies = [each.SerializeToString() for each in kept]
    del node.attribute[:]
    for each in copies:
        node.attribute.add().ParseFromString(each)
