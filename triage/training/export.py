"""The heads as ONNX: places and values of the pieces in, one logit a head out; no string operator, so no locale matters."""

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .heads import Heads

STEPS = 127  # of an 8-bit weight


def rounded(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Weights in 8 bits and the size of one step, for each head its own."""
    step = np.maximum(np.abs(weights).max(axis=0), 1e-9) / STEPS
    return np.rint(weights / step).astype(np.int8), step.astype(np.float32)


def graph(heads: Heads) -> bytes:
    """sum over pieces of value * row, times the step, plus the bias."""
    small, step = rounded(heads.weights)
    stored = {"rows": small, "step": step, "bias": heads.bias, "down": np.array([0], np.int64), "across": np.array([1], np.int64)}
    steps = [
        helper.make_node("Gather", ["rows", "places"], ["found"], axis=0),
        helper.make_node("Cast", ["found"], ["wide"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["values", "across"], ["column"]),
        helper.make_node("Mul", ["wide", "column"], ["weighed"]),
        helper.make_node("ReduceSum", ["weighed", "down"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "step"], ["scaled"]),
        helper.make_node("Add", ["scaled", "bias"], ["logits"]),
    ]
    whole = helper.make_graph(
        steps,
        "naru-reads-words",
        [
            helper.make_tensor_value_info("places", TensorProto.INT64, ["pieces"]),
            helper.make_tensor_value_info("values", TensorProto.FLOAT, ["pieces"]),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [len(heads.names)])],
        [numpy_helper.from_array(array, name) for name, array in stored.items()],
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], producer_name="naru", ir_version=9)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)
