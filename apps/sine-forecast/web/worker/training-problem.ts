import { ThroughtimeError } from '@throughtime/errors';

/** A series that cannot be trained on as asked; the message is a sentence for the person who asked. */
export class TrainingProblem extends ThroughtimeError {
  override name = 'TrainingProblem';
}
