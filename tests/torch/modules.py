"""Modules as people write them, with an example of their inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Case = tuple[nn.Module, tuple[Tensor, ...]]


class Written(nn.Module):
    """A forward as a function of its module and the inputs, with the parts that it uses."""

    def __init__(self, forward: Callable[..., Any], **parts: nn.Module | Tensor) -> None:
        super().__init__()
        self._forward = forward
        for name, part in parts.items():
            if isinstance(part, nn.Module):
                self.add_module(name, part)
            else:
                self.register_parameter(name, nn.Parameter(part))

    def forward(self, *inputs: Tensor) -> Any:
        return self._forward(self, *inputs)


def normal(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64)


def residual() -> Case:
    def forward(m: Any, x: Tensor) -> Tensor:
        y = m.bn2(m.conv2(F.relu(m.bn1(m.conv1(x)), inplace=True)))
        return F.relu(y + m.short(x))

    parts = {
        "conv1": nn.Conv2d(2, 3, 3, padding=1, bias=False), "bn1": nn.BatchNorm2d(3),
        "conv2": nn.Conv2d(3, 3, 3, padding=1, bias=False), "bn2": nn.BatchNorm2d(3),
        "short": nn.Conv2d(2, 3, 1),
    }  # fmt: skip
    return Written(forward, **parts), (normal(2, 2, 4, 4),)


def unet() -> Case:
    def forward(m: Any, x: Tensor) -> Tensor:
        a = F.relu(m.down(x))
        b = F.relu(m.inner(F.max_pool2d(a, 2)))
        return m.out(torch.cat([a, m.up(b)], dim=1))

    parts = {
        "down": nn.Conv2d(1, 2, 3, padding=1), "inner": nn.Conv2d(2, 3, 3, padding=1),
        "up": nn.ConvTranspose2d(3, 2, 2, stride=2), "out": nn.Conv2d(4, 1, 1),
    }  # fmt: skip
    return Written(forward, **parts), (normal(2, 1, 4, 4),)


def last_step(cell: nn.Module, width: int) -> Case:
    def forward(m: Any, x: Tensor) -> Tensor:
        return m.head(m.cell(x)[0][:, -1])

    return Written(forward, cell=cell, head=nn.Linear(width, 2)), (normal(2, 4, 2),)


def gpt() -> Case:
    """A block of GPT-2 by hand: fused projections, a causal mask, a feed-forward."""

    def forward(m: Any, x: Tensor) -> Tensor:
        n, t, d = x.shape
        q, k, v = m.c_attn(m.ln_1(x)).split(d, dim=2)
        q, k, v = (each.view(n, t, 2, d // 2).transpose(1, 2) for each in (q, k, v))
        scores = (q @ k.transpose(-2, -1)) * (1.0 / (d // 2) ** 0.5)
        seen = torch.tril(torch.ones(t, t, dtype=torch.bool))
        scores = scores.masked_fill(~seen, float("-inf"))
        y = (F.softmax(scores, dim=-1) @ v).transpose(1, 2).contiguous().view(n, t, d)
        x = x + m.c_proj(y)
        return x + m.down(F.gelu(m.up(m.ln_2(x)), approximate="tanh"))

    parts = {
        "ln_1": nn.LayerNorm(4), "c_attn": nn.Linear(4, 12), "c_proj": nn.Linear(4, 4),
        "ln_2": nn.LayerNorm(4), "up": nn.Linear(4, 6), "down": nn.Linear(6, 4),
    }  # fmt: skip
    return Written(forward, **parts), (normal(2, 3, 4),)


def vit() -> Case:
    """Patches by a convolution, a token of the class, positions, an encoder, a head."""

    def forward(m: Any, x: Tensor) -> Tensor:
        tokens = m.patch(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([m.token.expand(len(x), -1, -1), tokens], dim=1) + m.place
        return m.head(m.norm(m.encoder(tokens))[:, 0])

    parts: dict[str, Any] = {
        "patch": nn.Conv2d(1, 4, 2, stride=2), "token": normal(1, 1, 4), "place": normal(1, 5, 4),
        "encoder": encoder(norm_first=True, activation="gelu"), "norm": nn.LayerNorm(4),
        "head": nn.Linear(4, 3),
    }  # fmt: skip
    return Written(forward, **parts), (normal(2, 1, 4, 4),)


def encoder(**options: Any) -> nn.Module:
    return nn.TransformerEncoderLayer(4, 2, 6, batch_first=True, **options)


def experts() -> Case:
    """A mixture of experts whose gates are soft."""

    def forward(m: Any, x: Tensor) -> Tensor:
        gates = m.gate(x).softmax(-1)
        made = torch.stack([expert(x) for expert in m.experts], dim=1)
        return torch.einsum("ne,ned->nd", gates, made)

    parts = {
        "gate": nn.Linear(3, 2),
        "experts": nn.ModuleList(
            nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)) for _ in range(2)
        ),
    }
    return Written(forward, **parts), (normal(2, 3),)


def of(forward: Callable[..., Any], *shapes: Sequence[int], **parts: nn.Module | Tensor) -> Case:
    return Written(forward, **parts), tuple(normal(*shape) for shape in shapes)


def plain(*modules: nn.Module, shape: Sequence[int] = (2, 4)) -> Case:
    return nn.Sequential(*modules), (normal(*shape),)


def self_attention(**options: Any) -> Case:
    attention = nn.MultiheadAttention(4, 2, batch_first=True, **options)
    return of(lambda m, x: m.attention(x, x, x, need_weights=False)[0], (2, 3, 4),
              attention=attention)  # fmt: skip


#: What is made anew for every test, so that numbers do not depend on the order of tests.
CASES: Mapping[str, Callable[[], Case]] = {
    "mlp": lambda: plain(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2), nn.Softmax(-1)),
    "no bias": lambda: plain(nn.Linear(4, 3, bias=False), nn.Tanh(), nn.Dropout(0.5)),
    "activations": lambda: plain(
        nn.Linear(4, 4), nn.GELU(), nn.Linear(4, 4), nn.SiLU(), nn.Linear(4, 4), nn.ELU(0.7),
        nn.Linear(4, 4), nn.LeakyReLU(0.2), nn.Linear(4, 4), nn.Softplus(), nn.Linear(4, 4),
        nn.Hardswish(), nn.Linear(4, 4), nn.Hardsigmoid(), nn.Linear(4, 4), nn.Mish(),
        nn.Linear(4, 4), nn.SELU(), nn.Linear(4, 4), nn.CELU(1.5), nn.Hardtanh(), nn.ReLU6()),
    "more activations": lambda: plain(
        nn.Softsign(), nn.LogSigmoid(), nn.Tanhshrink(), nn.Softplus(2.0), nn.Hardtanh(-0.5, 2.0),
        nn.GELU("tanh"), nn.LogSoftmax(-1)),
    "prelu": lambda: plain(nn.PReLU(), nn.Linear(4, 3), nn.PReLU(3)),
    "glu": lambda: plain(nn.Linear(4, 6), nn.GLU()),
    "batch norm of vectors": lambda: plain(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU()),
    "cnn": lambda: plain(
        nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(12, 2), shape=(2, 2, 6, 6)),
    "convolutions": lambda: plain(
        nn.Conv1d(2, 4, 3, stride=2, padding=1, dilation=2, groups=2), nn.AvgPool1d(2, padding=1),
        nn.ConvTranspose1d(4, 2, 3, stride=2, output_padding=1), shape=(2, 2, 9)),
    "same padding": lambda: plain(nn.Conv2d(1, 2, (2, 3), padding="same"), shape=(2, 1, 4, 4)),
    "volumes": lambda: plain(nn.Conv3d(1, 2, 2), nn.MaxPool3d(2, 1), nn.AdaptiveAvgPool3d(1),
                             shape=(2, 1, 4, 3, 3)),
    "pooling": lambda: plain(
        nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.AvgPool2d(2, 1, count_include_pad=False),
        shape=(2, 1, 6, 6)),
    "pooling up to the end": lambda: plain(
        nn.AvgPool2d((2, 3), (3, 2), 1, ceil_mode=True),
        nn.MaxPool2d((1, 2), (1, 3), dilation=(1, 2), ceil_mode=True), shape=(2, 2, 6, 8)),
    "adaptive pooling": lambda: plain(nn.AdaptiveAvgPool2d((2, 1)), nn.Flatten(),
                                      shape=(2, 2, 4, 3)),
    "global pooling": lambda: plain(nn.Conv2d(1, 3, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                                    nn.Linear(3, 2), shape=(2, 1, 4, 4)),
    "norms": lambda: plain(nn.GroupNorm(2, 4), nn.InstanceNorm2d(4, affine=True),
                           nn.LayerNorm((4, 2, 3)), shape=(2, 4, 2, 3)),
    "rms norm": lambda: plain(nn.RMSNorm(4), nn.Linear(4, 2)),
    "padding": lambda: plain(nn.ZeroPad2d(1), nn.ReflectionPad2d((1, 0, 2, 1)),
                             nn.ReplicationPad2d(1), shape=(2, 1, 3, 3)),
    "upsampling": lambda: plain(nn.Upsample(scale_factor=2), nn.Conv2d(1, 1, 2),
                                nn.Upsample(scale_factor=2, mode="bilinear"), shape=(2, 1, 2, 3)),
    "aligned upsampling": lambda: plain(
        nn.Upsample(size=(3, 5), mode="bilinear", align_corners=True), shape=(2, 1, 2, 3)),
    "pixel shuffle": lambda: plain(nn.Conv2d(1, 4, 2), nn.PixelShuffle(2), shape=(2, 1, 3, 3)),
    "residual": residual,
    "u-net": unet,
    "lstm": lambda: last_step(nn.LSTM(2, 3, batch_first=True), 3),
    "gru": lambda: last_step(nn.GRU(2, 3, batch_first=True), 3),
    "rnn": lambda: last_step(nn.RNN(2, 3, nonlinearity="relu", batch_first=True), 3),
    "both directions": lambda: last_step(nn.LSTM(2, 3, bidirectional=True, batch_first=True), 6),
    "stacked": lambda: last_step(nn.GRU(2, 3, num_layers=2, bidirectional=True, batch_first=True),
                                 6),
    "last states": lambda: of(lambda m, x: m.cell(x)[1][0][-1], (2, 4, 2),
                              cell=nn.LSTM(2, 3, num_layers=2, batch_first=True)),
    "states from an encoder": lambda: of(
        lambda m, x, z: m.decoder(z, (h := m.encoder(x)[1], torch.zeros_like(h)))[0],
        (2, 4, 2), (2, 3, 2), encoder=nn.GRU(2, 3, 2, batch_first=True),
        decoder=nn.LSTM(2, 3, 2, batch_first=True)),
    "states of both directions": lambda: of(
        lambda m, x, z: m.cell(x, m.start(z).tanh().reshape(-1, 2, 3).transpose(0, 1))[0],
        (2, 4, 2), (2, 3), cell=nn.GRU(2, 3, bidirectional=True, batch_first=True),
        start=nn.Linear(3, 6)),
    "encoder": lambda: (encoder(), (normal(2, 3, 4),)),
    "encoder of two": lambda: (nn.TransformerEncoder(encoder(norm_first=True), 2,
                                                     enable_nested_tensor=False),
                               (normal(2, 3, 4),)),
    "decoder": lambda: (nn.TransformerDecoderLayer(4, 2, 6, batch_first=True),
                        (normal(2, 3, 4), normal(2, 5, 4))),
    "attention": lambda: self_attention(),
    "attention without biases": lambda: self_attention(bias=False),
    "gpt": gpt,
    "vit": vit,
    "experts": experts,
    "two inputs": lambda: of(lambda m, x, z: m.out(torch.cat([m.left(x), m.right(z)], 1).tanh()),
                             (2, 3), (2, 2), left=nn.Linear(3, 2), right=nn.Linear(2, 2),
                             out=nn.Linear(4, 1)),
    "two outputs": lambda: of(lambda m, x: (m.a(x).sigmoid(), m.b(x) * 2), (2, 3),
                              a=nn.Linear(3, 2), b=nn.Linear(3, 1)),
    "moves": lambda: of(
        lambda m, x: m.out(x.view(len(x), 2, 6).permute(0, 2, 1).chunk(2, 1)[1].flip(1)
                           .reshape(len(x), -1).roll(1, -1)), (2, 12), out=nn.Linear(6, 2)),
    "einsum": lambda: of(lambda m, x: torch.einsum("bij,jk,bkl->bil", x, m.w, x.transpose(1, 2)),
                         (2, 2, 3), w=normal(3, 3)),
    "statistics": lambda: of(lambda m, x: (x - x.mean(-1, keepdim=True)) / x.std(-1, keepdim=True)
                             + x.var(-1, unbiased=False, keepdim=True) * x.amax(-1, keepdim=True)
                             - x.norm(dim=-1, keepdim=True), (2, 4)),
    "own arithmetic": lambda: of(
        lambda m, x: torch.exp(-x.abs()) / (1 + x**2) - 3 * torch.maximum(x, m.w).rsqrt().clamp(
            0.1, 0.9) + torch.rsub(x, 1, alpha=2) + torch.log1p(x * x), (2, 3),
        w=torch.full((3,), 0.5, dtype=torch.float64)),
    "choices": lambda: of(lambda m, x: torch.where(x > 0, x * 2, m.w) + (x <= 1).double(), (2, 3),
                          w=normal(3)),
    "masked": lambda: of(lambda m, x: F.softmax((x @ x.transpose(1, 2)).masked_fill(
        torch.eye(3).bool(), -1e9), -1) @ x, (2, 3, 2)),
    "dot attention": lambda: of(lambda m, x: F.scaled_dot_product_attention(x, m.k(x), m.v(x),
                                                                           is_causal=True),
                                (2, 2, 3, 4), k=nn.Linear(4, 4), v=nn.Linear(4, 4)),
    "bilinear": lambda: of(lambda m, x, z: m.b(x, z), (2, 3), (2, 2), b=nn.Bilinear(3, 2, 2)),
}  # fmt: skip
