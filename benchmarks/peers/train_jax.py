"""Trains one model for a while in JAX (one jitted update, `lax.scan` over time) and prints one JSON line; the counterpart of
recurrent/train-ours.mjs. XLA has as many threads as the process may use cores.

usage: train_jax.py '{"cell": "lstm", ..., "seconds": 1, "threads": 2}'
"""

import json
import math
import os
import resource
import sys
import time

settings = json.loads(sys.argv[1])
if hasattr(os, "sched_setaffinity"):
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[: settings["threads"]])

import jax  # noqa: E402  The cores must be chosen before.
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jax import lax, nn  # noqa: E402

vocabulary, layers, cell = settings["vocabulary"], settings["layers"], settings["cell"]
hidden = settings["hidden"] if isinstance(settings["hidden"], list) else [settings["hidden"]] * layers
batch, steps = settings["batch"], settings["steps"]
embedding_size = settings.get("embedding")
drop = settings.get("dropout", {})
penalty = settings.get("activationPenalty")
gates = {"rnn": 1, "gru": 3, "lstm": 4, "mingru": 2}[cell]
draw = np.random.default_rng(1)


def weights(*shape):
    limit = 1 / math.sqrt(hidden[0])
    return jnp.asarray(draw.uniform(-limit, limit, shape), jnp.float32)


def parameters():
    sizes = [embedding_size or vocabulary, *hidden]
    made = {"decoder_bias": weights(vocabulary)}
    if embedding_size:
        made["embedding"] = weights(vocabulary, embedding_size)
    if not settings.get("tied"):
        made["decoder"] = weights(hidden[-1], vocabulary)
    for i, (inputs, size) in enumerate(zip(sizes, hidden)):
        made[f"ih{i}"] = weights(inputs, gates * size)
        made[f"bias{i}"] = weights(gates * size)
        if cell != "mingru":
            made[f"hh{i}"] = weights(size, gates * size)
        if cell == "gru":
            made[f"hn{i}"] = weights(size)
    return made


def dropped(key, x, rate):
    return x * jax.random.bernoulli(key, 1 - rate, x.shape) / (1 - rate) if rate else x


def locked(key, x, rate):
    return x * dropped(key, jnp.ones_like(x[:1]), rate) if rate else x


def layer(p, i, key, given, state):
    """`given` are the products of all steps with the input weights, bias added: [T, N, G * H]."""
    size = hidden[i]
    if cell == "mingru":
        update = nn.sigmoid(given[..., :size])
        candidate = given[..., size:]
        candidate = jnp.where(candidate >= 0, candidate + 0.5, nn.sigmoid(candidate))

        def scan(h, now):
            u, c = now
            h = (1 - u) * h + u * c
            return h, h

        return lax.scan(scan, state, (update, candidate))[::-1]
    hh = dropped(key, p[f"hh{i}"], drop.get("recurrentWeights", 0))

    def rnn(h, now):
        h = jnp.tanh(now + h @ hh)
        return h, h

    def gru(h, now):
        products = h @ hh
        reset = nn.sigmoid(now[:, :size] + products[:, :size])
        update = nn.sigmoid(now[:, size : 2 * size] + products[:, size : 2 * size])
        new = jnp.tanh(now[:, 2 * size :] + reset * (products[:, 2 * size :] + p[f"hn{i}"]))
        h = new + update * (h - new)
        return h, h

    def lstm(state, now):
        h, c = state
        sums = now + h @ hh
        i_, f, g, o = jnp.split(sums, 4, axis=1)
        c = nn.sigmoid(f) * c + nn.sigmoid(i_) * jnp.tanh(g)
        h = nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    return lax.scan({"rnn": rnn, "gru": gru, "lstm": lstm}[cell], state, given)[::-1]


def loss_of(p, key, inputs, targets, states):
    keys = jax.random.split(key, 3 + 2 * layers)
    x = None
    if embedding_size:
        table = p["embedding"]
        if drop.get("embedding"):
            table = table * dropped(keys[0], jnp.ones((vocabulary, 1)), drop["embedding"])
        x = locked(keys[1], table[inputs], drop.get("input", 0))
    after = []
    for i in range(layers):
        # A one-hot input is a row of the weights.
        given = p["ih0"][inputs] if x is None else x @ p[f"ih{i}"]
        raw, state = layer(p, i, keys[3 + i], given + p[f"bias{i}"], states[i])
        after.append(state)
        x = locked(keys[3 + layers + i], raw, drop.get("between" if i < layers - 1 else "output", 0))
    extra = 0.0
    if penalty:
        extra = penalty["size"] * (x**2).mean() + penalty["change"] * ((raw[1:] - raw[:-1]) ** 2).mean()
    decoder = p["embedding"].T if settings.get("tied") else p["decoder"]
    logits = x.reshape(-1, hidden[-1]) @ decoder + p["decoder_bias"]
    picked = jnp.take_along_axis(logits, targets.reshape(-1, 1), axis=1)[:, 0]
    loss = (nn.logsumexp(logits, axis=1) - picked).mean()
    return loss + extra, (loss, after)


def update(p, moments, count, key, inputs, targets, states):
    (_, (loss, after)), gradients = jax.value_and_grad(loss_of, has_aux=True)(p, key, inputs, targets, states)
    norm = jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(gradients)))
    gradients = jax.tree.map(lambda g: g * jnp.minimum(1.0, 1.0 / (norm + 1e-6)), gradients)
    if settings["optimizer"] == "adam":
        first, second = moments
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
        second = jax.tree.map(lambda m, g: 0.999 * m + 0.001 * g * g, second, gradients)
        c1, c2 = 1 - 0.9**count, 1 - 0.999**count
        p = jax.tree.map(lambda w, m, v: w - 0.002 * (m / c1) / (jnp.sqrt(v / c2) + 1e-8), p, first, second)
        return p, (first, second), loss, after
    return jax.tree.map(lambda w, g: w - 0.1 * g, p, gradients), moments, loss, after


update = jax.jit(update, donate_argnums=(0, 1, 6))
p = parameters()
zeros = jax.tree.map(jnp.zeros_like, p)
moments = (zeros, jax.tree.map(jnp.zeros_like, p)) if settings["optimizer"] == "adam" else ()


def initial(size):
    # Two arrays: both are given away.
    return (jnp.zeros((batch, size)), jnp.zeros((batch, size))) if cell == "lstm" else jnp.zeros((batch, size))


states = [initial(size) for size in hidden]
key = jax.random.key(1)
count = 0


def step():
    global p, moments, states, count
    count += 1
    inputs = draw.integers(vocabulary, size=(steps, batch))
    targets = draw.integers(vocabulary, size=(steps, batch))
    p, moments, loss, states = update(p, moments, count, jax.random.fold_in(key, count), inputs, targets, states)
    return float(loss)


loss = step()  # compiles
started = time.perf_counter()
warm_steps = 0
while warm_steps < (1 if settings.get("long") else 3) or time.perf_counter() - started < min(0.5, settings["seconds"]):
    loss = step()
    warm_steps += 1

started = time.perf_counter()
done = 0
while done < (2 if settings.get("long") else 4) or time.perf_counter() - started < settings["seconds"]:
    loss = step()
    done += 1
elapsed = time.perf_counter() - started
assert math.isfinite(loss)

print(
    json.dumps(
        {
            "tokensPerSecond": done * batch * steps / elapsed,
            "stepMilliseconds": 1000 * elapsed / done,
            "loss": loss,
            "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "version": jax.__version__,
            "threads": settings["threads"],
        }
    )
)
