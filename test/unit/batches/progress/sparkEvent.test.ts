import assert from 'node:assert/strict';
import { interestIn, readSparkEvent } from '../../../../server/batches/progress/sparkEvent.ts';

describe('batches/progress/sparkEvent', () => {
  it('reads of a task how it ended, even when the line is cut off', () => {
    const line =
      '{"Event":"SparkListenerTaskEnd","Stage ID":3,"Stage Attempt ID":1,"Task Type":"ResultTask","Task End Reason":{"Reason":"ExceptionFailure","Class Name":"java.la';
    assert.equal(interestIn(line), 'whole');
    assert.equal(interestIn('{"Event":"SparkListenerTaskStart","Stage ID":3'), 'head');
    assert.deepEqual(readSparkEvent(line), {
      kind: 'taskEnd',
      stageId: 3,
      attempt: 1,
      reason: 'ExceptionFailure',
    });
  });

  it('has no interest in query plans and what it does not know', () => {
    const plan =
      '{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":0';
    assert.equal(interestIn(plan), 'none');
    assert.equal(interestIn('{"Event":"SparkListenerExecutorMetricsUpdate"'), 'none');
    assert.equal(interestIn('{"Event":"toString"'), 'none');
    assert.equal(interestIn('no event'), 'none');
    assert.equal(readSparkEvent(`${plan}}`), undefined);
  });

  it('passes over what is cut off or of another shape', () => {
    assert.equal(readSparkEvent('{"Event":"SparkListenerJobEnd","Job ID":1,'), undefined);
    assert.equal(readSparkEvent('{"Event":"SparkListenerJobEnd","Job ID":"one"}'), undefined);
    assert.equal(readSparkEvent('{"Event":"SparkListenerTaskStart"}'), undefined);
  });
});
