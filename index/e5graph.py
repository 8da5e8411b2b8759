"""The packaged encoder as an OpenVINO model: a BERT that reads one text at a time.

Owns the network's arithmetic. Each inference is one text on one thread, padded to a
multiple of `STEP` tokens: what a text's vector is depends on that text alone, and the
kernels of 32 lengths are compiled at most.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from index.e5file import E5File
from index.errors import ModelError, ModelUnavailableError

STEP = 16
"""Texts are padded to a multiple of this many tokens; rows of a tile of Intel's AMX."""

_MASKED = 1e4  # subtracted from the attention to padding; exp(-10,000) is 0 in float32


def compile_encoder(file: E5File, threads: int) -> Any:
    """The network, compiled for this processor.

    Computes in bfloat16 where the processor does so itself, else in float32; sums, layer
    norms and the residual stream are float32 in both cases.

    Args:
        file: the parsed data file; its weights are copied.
        threads: inferences that run at once, one thread each.

    Returns:
        An ``openvino.CompiledModel``: tokens (1, n, hidden) float32 and kept (1, n, 1)
        float32, 1 for a token and 0 for padding, to the sum of the tokens' last hidden
        states, (1, hidden) float32.

    Raises:
        ModelUnavailableError: OpenVINO is not installed, or a tensor is missing.
        ModelError: OpenVINO cannot compile it.
    """
    openvino = import_openvino()
    try:
        core = openvino.Core()
        native = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        settings = {
            "INFERENCE_PRECISION_HINT": "bf16" if native else "f32",
            "NUM_STREAMS": threads,
            "INFERENCE_NUM_THREADS": threads,
            "ENABLE_CPU_PINNING": False,
        }
        return core.compile_model(_Network(file, openvino).model(), "CPU", settings)
    except RuntimeError as error:
        raise ModelError(
            f"OpenVINO {openvino.__version__} cannot compile the packaged encoder: {error}",
            hint="pip install --force-reinstall openvino",
        ) from error


def import_openvino() -> ModuleType:
    """The package, without the message home that its import sends.

    ``import openvino`` reports itself to Intel through the package openvino_telemetry, and
    leaves a client id in ``~/intel``, unless that package cannot be imported; so it cannot.

    Raises:
        ModelUnavailableError: it is not installed, or not for this machine.
    """
    reporter = "openvino_telemetry"
    had = sys.modules.get(reporter)
    sys.modules[reporter] = None  # type: ignore[assignment]  # how Python spells "do not import"
    try:
        import openvino
        import openvino.opset13
    except ImportError as error:
        raise ModelUnavailableError(
            f"the package openvino, which runs the encoder, cannot be imported: {error}",
            hint="pip install openvino",
        ) from error
    finally:
        del sys.modules[reporter]
        if had is not None:
            sys.modules[reporter] = had
    return cast("ModuleType", openvino)


class _Network:
    """Builds the graph, node by node."""

    def __init__(self, file: E5File, openvino: Any) -> None:
        self._file = file
        self._openvino = openvino
        self._ops: Any = openvino.opset13

    def model(self) -> Any:
        ops, hidden = self._ops, self._file.sizes.hidden
        tokens = ops.parameter([1, -1, hidden], self._openvino.Type.f32)
        kept = ops.parameter([1, -1, 1], self._openvino.Type.f32)
        columns = ops.unsqueeze(ops.transpose(kept, _ints(0, 2, 1)), _ints(1))
        bias = ops.multiply(ops.subtract(columns, _floats(1)), _floats(_MASKED))
        states = self._norm(tokens, "emb.ln")
        for layer in range(self._file.sizes.layers):
            states = self._layer(states, bias, f"l{layer}")
        total = ops.reduce_sum(ops.multiply(states, kept), _ints(1), False)
        return self._openvino.Model([ops.result(total)], [tokens, kept], "multilingual-e5-small")

    def _layer(self, states: Any, bias: Any, name: str) -> Any:
        ops, sizes = self._ops, self._file.sizes
        attended = self._linear(self._attention(states, bias, name), f"{name}.ao", sizes.hidden)
        states = self._norm(ops.add(states, attended), f"{name}.aln")
        wide = ops.gelu(self._linear(states, f"{name}.fi", sizes.intermediate), "erf")
        narrow = self._linear(wide, f"{name}.fo", sizes.hidden)
        return self._norm(ops.add(states, narrow), f"{name}.oln")

    def _attention(self, states: Any, bias: Any, name: str) -> Any:
        ops, sizes = self._ops, self._file.sizes
        length = sizes.hidden // sizes.heads
        swap = _ints(0, 2, 1, 3)
        query, key, value = (
            ops.transpose(
                ops.reshape(
                    self._linear(states, f"{name}.{part}", sizes.hidden),
                    _ints(1, -1, sizes.heads, length),
                    False,
                ),
                swap,
            )
            for part in "qkv"
        )
        # Source: Vaswani et al. 2017, Attention Is All You Need, equation 1
        scores = ops.matmul(ops.multiply(query, _floats(length**-0.5)), key, False, True)
        shares = ops.softmax(ops.add(scores, bias), -1)
        mixed = ops.transpose(ops.matmul(shares, value, False, False), swap)
        return ops.reshape(mixed, _ints(1, -1, sizes.hidden), False)

    def _linear(self, states: Any, name: str, wide: int) -> Any:
        ops, file = self._ops, self._file
        narrow = file.tensors[f"{name}.w"].elements // wide if f"{name}.w" in file.tensors else 0
        weights = ops.constant(file.weights(f"{name}.w", wide, narrow))
        product = ops.matmul(states, weights, False, True)
        return ops.add(product, ops.constant(file.weights(f"{name}.b", wide).reshape(1, 1, -1)))

    def _norm(self, states: Any, name: str) -> Any:
        ops, file = self._ops, self._file
        scale, shift = (
            ops.constant(file.weights(f"{name}.{part}", file.sizes.hidden).reshape(1, 1, -1))
            for part in "wb"
        )
        even = ops.mvn(states, _ints(2), True, file.sizes.epsilon, "inside_sqrt")
        return ops.add(ops.multiply(even, scale), shift)


def _ints(*values: int) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def _floats(value: float) -> NDArray[np.float32]:
    return np.array(value, np.float32)
