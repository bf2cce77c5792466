import type { Reporter } from '@throughtime/command-line';
import type { ComparisonListener, FailedModel } from '../core/compare-models.js';

/**
 * Tells how a comparison goes: forecasts done, models judged, and models that failed, which it puts into `failed`.
 * @param signal a model during which it was aborted is not reported as judged
 */
export function comparisonListener(
  report: Reporter,
  signal: AbortSignal,
  failed: FailedModel[],
): ComparisonListener {
  return {
    onOrigins: (model, done, origins) => report.progress(`${model}: ${done} of ${origins} origins`),
    onModel({ name, seconds }) {
      if (!signal.aborted) report.event('model', { model: name, seconds });
    },
    onFailure(failure) {
      failed.push(failure);
      report.event('failed', { model: failure.name, message: failure.error.message });
    },
  };
}
