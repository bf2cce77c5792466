"""statsforecast on the tasks of stdin (JSON: a list of {method, period, horizon, values}): fits and forecasts each, and prints one JSON
line with the version, and for each task the forecast and the seconds of one processor that it took."""

import json
import sys
import time
import warnings

import numpy as np
import statsforecast
from statsforecast.models import AutoARIMA, AutoETS, AutoTheta, OptimizedTheta, Theta

warnings.simplefilter("ignore")
METHODS = {
    "AutoETS": AutoETS,
    "AutoARIMA": AutoARIMA,
    "AutoTheta": AutoTheta,
    "Theta": Theta,
    "OptimizedTheta": OptimizedTheta,
}


def forecast(task):
    values = np.array(task["values"])
    began = time.process_time()
    model = METHODS[task["method"]](season_length=task["period"]).fit(values)
    mean = model.predict(h=task["horizon"])["mean"]
    return {"forecast": [float(value) for value in mean], "seconds": time.process_time() - began}


tasks = json.load(sys.stdin)
# The first fit of a method compiles it, or loads it.
for method in sorted({task["method"] for task in tasks}):
    steps = np.arange(60)
    forecast(dict(method=method, period=4, horizon=2, values=list(50 + steps % 4 + np.sin(steps))))
print(json.dumps({"version": statsforecast.__version__, "results": [forecast(task) for task in tasks]}))
