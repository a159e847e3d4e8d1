/** An example of the documents whose interfaces Sparkdeck speaks, word for word. */
export interface SeedExample {
  what: string;
  curl: string;
  /** What the document answers, when it says so. */
  answer?: string;
}

export const launchCluster: SeedExample = {
  what: 'DCluster: launch a cluster',
  curl: `curl --location --request POST 'https://dcluster-awsuswest2deva-qa-oneclick.dv-api.com/cluster/v2/launch/spark/cluster' \\
--header 'Content-Type: application/json' \\
--data '{
    "workers": 4,
    "workerMemory": "6",
    "workerCpu": "1",
    "masterMemory": "4",
    "masterCpu": "1",
    "tenant": "test"
}'`,
  answer: 'clusterId',
};

export const clusterStatus: SeedExample = {
  what: 'DCluster: get the status of a cluster',
  curl: `curl --location --request GET 'https://dcluster-awsuswest2deva-infra.dv-api.com/cluster/status/spark/cluster/2'`,
  answer: `{
    "clusterIps": [
        "http://spark-master.spark-inf-test-2.svc.cluster.local:8998"
    ],
    "serviceAddress": "http://spark-master.spark-inf-test-2.svc.cluster.local:8998",
    "interrupted": false,
    "workerMemory": "6",
    "masterMemory": "4",
    "name": "spark-inf-test-2",
    "namespace": "spark-inf-test-2",
    "workerCpu": "1",
    "id": 2,
    "workers": 4,
    "tenant": "test",
    "masterCpu": "1",
    "status": "STARTING"
}`,
};

export const terminateCluster: SeedExample = {
  what: 'DCluster: terminate a cluster',
  curl: `curl --location --request DELETE 'https://dcluster-awsuswest2deva-infra.dv-api.com/cluster/terminate/spark/0'`,
};

export const submitBatch: SeedExample = {
  what: 'DCluster: submit a job',
  curl: `curl -X POST http://spark-master:8998/batches \\
--header "Content-Type:application/json;charset=UTF-8" \\
--data '{
  "file": "s3a://datavisor-dev/spark-examples_2.12-3.3.2.jar",
  "className": "org.apache.spark.examples.SparkPi",
  "executorMemory": "4G",
  "executorCores": 1,
  "args": ["100"]
}'`,
  answer: `{
  "id": 4,
  "name": null,
  "owner": null,
  "proxyUser": null,
  "state": "running",
  "appId": null,
  "appInfo": {
    "driverLogUrl": null,
    "sparkUiUrl": null
  },
  "log": [
    "stdout: ",
    "\\nstderr: "
  ]
}`,
};

/** The body that the document shows apart from its example. */
export const wholeBatchBody = `{
    "args": [
        "--spark_master",
        "spark://spark-master:7077",
        "--cassandra_host",
        "aws-useast1-obtest-yb-d36647071f4975e5.elb.us-east-1.amazonaws.com",
        "--cassandra_port",
        "9042",
        "--jar_packages",
        "com.datastax.spark:spark-cassandra-connector_2.12:3.5.1",
        "--sql_extensions",
        "com.datastax.spark.connector.CassandraSparkExtensions",
        "--output_path",
        "s3a://datavisor-preprod-qatestpre-awsuseast1prod/data",
        "--table_list",
        "dv.velocity_galileo"
    ],
    "file": "s3a://datavisor-preprod-qatestpre-awsuseast1prod/export_db-1.0-SNAPSHOT.jar",
    "className": "com.export.dataExport",
    "driverMemory": "4G",
    "driverCores": 2,
    "executorMemory": "7G",
    "executorCores": 1,
    "conf": {
        "spark.master": "spark://spark-master:7077",
        "spark.submit.deployMode": "client",
        "spark.default.parallelism": "20",
        "spark.sql.shuffle.partitions": "20",
        "spark.serializer": "org.apache.spark.serializer.KryoSerializer"
    }
}`;

export const batchState: SeedExample = {
  what: 'DCluster: get the state of a job',
  curl: 'curl http://spark-master:8998/batches/4/state',
  answer: `{
  "id": 4,
  "state": "running"
}`,
};

export const killBatch: SeedExample = {
  what: 'DCluster: kill a job',
  curl: 'curl -X DELETE http://spark-master:8998/batches/5',
  answer: `{
  "msg": "deleted"
}`,
};

/** The file .env of the document on Spark FastAPI. */
export const environmentFile = `SPARK_MASTER_URL=http://localhost:8080
SPARK_SUBMIT_MASTER=spark://localhost:7077
SPARK_HOME=\${HOME}/spark
`;

/** The document's job specification is three dots, for which something has to be put in. */
export const platformJob: SeedExample = {
  what: 'Platform: submit a job',
  curl: `curl -X POST http://dcp-spark:8080/api/v1/jobs \\
  -H "Content-Type: application/json" \\
  -d '{
    "name": "my-etl-job",
    "team": "data-infra",
    "config": {
      "spark_version": "3.5",
      "job_type": "BATCH",
      "core_etl": {
        "version": "2.7.0",
        "job_spec": {...}
      }
    }
  }'`,
};

export const platformCluster: SeedExample = {
  what: 'Platform: ask for a cluster',
  curl: `curl -X POST http://cluster-provisioning:8080/api/v1/clusters \\
  -H "Content-Type: application/json" \\
  -d '{
    "team": "feature-engineering",
    "environment": "prod",
    "region": "eu-west-1",
    "size": "medium",
    "catalogs": ["pedregal", "feature_store"],
    "ttl": "7d"
  }'`,
  answer: `{
  "cluster_id": "sc-feateng-pro-euw1-abc123",
  "endpoint": "sc://feateng-prod-euwest1.doordash.team:15002",
  "status": "provisioning",
  "estimated_ready_seconds": 120
}`,
};
