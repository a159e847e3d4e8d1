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

  it('reads when the application was submitted, and its tasks and the driver came up', () => {
    const environment =
      '{"Event":"SparkListenerEnvironmentUpdate","JVM Information":{},"Spark Properties":{"spark.app.submitTime":"1795395107000"}}';
    assert.equal(interestIn(environment), 'whole');
    assert.deepEqual(readSparkEvent(environment), { kind: 'environment', submittedAt: 1795395107000 });
    // A SparkContext that wasn't made by spark-submit.
    assert.equal(
      readSparkEvent('{"Event":"SparkListenerEnvironmentUpdate","Spark Properties":{}}'),
      undefined,
    );
    assert.deepEqual(
      readSparkEvent(
        '{"Event":"SparkListenerBlockManagerAdded","Block Manager ID":{"Executor ID":"driver"},"Timestamp":5}',
      ),
      { kind: 'blockManagerAdded', executorId: 'driver', at: 5 },
    );
    assert.deepEqual(
      readSparkEvent(
        '{"Event":"SparkListenerTaskStart","Stage ID":3,"Stage Attempt ID":1,"Task Info":{"Task ID":0,"Launch Time":7,"Exec',
      ),
      { kind: 'taskStart', stageId: 3, attempt: 1, launchedAt: 7 },
    );
    const others = [',"Task Info":{"Task ID":10,"Launch Time":8', ',"Task Info":{"Task ID":0', ''];
    for (const rest of others) {
      assert.deepEqual(
        readSparkEvent(`{"Event":"SparkListenerTaskStart","Stage ID":3,"Stage Attempt ID":1${rest}`),
        { kind: 'taskStart', stageId: 3, attempt: 1 },
      );
    }
  });

  it('passes over what is cut off or of another shape', () => {
    assert.equal(readSparkEvent('{"Event":"SparkListenerJobEnd","Job ID":1,'), undefined);
    assert.equal(readSparkEvent('{"Event":"SparkListenerJobEnd","Job ID":"one"}'), undefined);
    assert.equal(readSparkEvent('{"Event":"SparkListenerTaskStart"}'), undefined);
  });
});
