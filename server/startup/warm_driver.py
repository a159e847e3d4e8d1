"""The driver of one batch, started before there is one.

usage, by spark-submit: warm_driver.py SOCKET SLOT

Imports PySpark, runs a small application so that the JVM has its classes loaded and compiled, and says so on the Unix
socket. Then it waits there for a batch, one line of JSON (see warmDriver.ts), and is that batch's driver: its script
becomes __main__, in a JVM whose configuration is what spark-submit would have made of the batch's arguments. It takes
one batch and ends with it. When the backend hangs up before there is one, it ends at once.
"""

import json
import os
import signal
import socket
import sys
import threading
import types
import urllib.parse
from importlib.machinery import SourceFileLoader

import driver_report

# The program may have a module of that name.
del sys.modules["driver_report"]

OUTPUT = ("stdout.log", "stderr.log")
BY_PYTHON_RUNNER = (
    "PYTHONPATH",
    "PYTHONUNBUFFERED",
    "PYSPARK_GATEWAY_PORT",
    "PYSPARK_GATEWAY_SECRET",
    # By this the processes that it starts are recognised.
    "SPARKDECK_LAUNCH",
)


def main():
    address, slot = sys.argv[1:]
    stream = connect(address).makefile("rw", encoding="utf-8", newline="\n")
    tell(stream, {"slot": slot})
    first = threading.Event()
    lines = []
    threading.Thread(target=listen, args=(stream, lines, first), daemon=True).start()
    own_path = list(sys.path)
    absent = Absent()
    sys.meta_path.append(absent)
    warm_up(slot)
    sys.meta_path.remove(absent)
    sys.path[:] = own_path
    tell(stream, {"ready": True, "loaded": loaded(), "absent": sorted(absent.names)})
    first.wait()
    batch = json.loads(lines[0])
    forget_output(slot)
    script, rest, conf = configure(batch["args"], batch["env"])
    if not take(batch, slot):
        os._exit(0)
    try:
        tell(stream, {"taken": True})
    except OSError:
        pass  # The backend has gone. The next one reads the claim.
    adopt_environment(batch["env"], conf)
    return run(script, rest, batch["folder"])


class Absent:
    """Asked for modules that nobody else has found."""

    def __init__(self):
        self.names = set()

    def find_spec(self, name, path=None, target=None):
        if path is None:
            self.names.add(name)


def loaded():
    """By name what is imported, unless no file can take its place."""
    names = {name.partition(".")[0] for name in list(sys.modules)}
    return sorted(names.difference(sys.builtin_module_names, ("__main__", "__mp_main__")))


def connect(address):
    """The kernel takes about a hundred bytes for a socket's path; a longer one is reached through its folder."""
    channel = socket.socket(socket.AF_UNIX)
    if len(os.fsencode(address)) <= 100:
        channel.connect(address)
        return channel
    folder = os.open(os.path.dirname(address), os.O_RDONLY)
    try:
        channel.connect("/proc/self/fd/%d/%s" % (folder, os.path.basename(address)))
    finally:
        os.close(folder)
    return channel


def tell(stream, message):
    stream.write(json.dumps(message) + "\n")
    stream.flush()


def listen(stream, lines, first):
    line = stream.readline()
    if not line:
        os._exit(0)
    lines.append(line)
    first.set()


def warm_up(slot):
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f

    hurry_stops()
    spark = (
        SparkSession.builder.master("local[1]")
        .appName("warm-up")
        .config("spark.eventLog.enabled", "true")
        .config("spark.eventLog.dir", "file://" + os.path.join(slot, "warm-up"))
        .config("spark.ui.port", "0")
        # Without the variable its page would be there for everyone on the network.
        .config("spark.ui.enabled", "true" if "SPARK_LOCAL_IP" in os.environ else "false")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    spark.range(100).selectExpr("sum(id)").collect()
    words = spark.read.text("file://" + urllib.parse.quote(__file__)).select(f.explode(f.split("value", " ")).alias("word"))
    words.groupBy("word").count().orderBy(f.desc("count")).limit(3).collect()
    spark.createDataFrame([("a", 1)], ["name", "count"]).filter("count > 0").collect()
    spark.sparkContext.parallelize([1, 2], 1).map(str).collect()
    ask_page(spark.sparkContext)
    jvm = spark.sparkContext._jvm
    spark.stop()
    # The batch's settings of file systems are to count, not those of the ones opened here.
    jvm.org.apache.hadoop.fs.FileSystem.closeAll()
    signal.signal(signal.SIGINT, signal.default_int_handler)


def ask_page(context):
    """Asks what the backend asks of a driver whose batch is looked at. The first answer takes seconds of work."""
    if context.uiWebUrl is None:
        return
    page = urllib.parse.urlsplit(context.uiWebUrl)
    try:
        for what in ("jobs", "stages", "executors"):
            with socket.create_connection((page.hostname, page.port), timeout=30) as connection:
                question = "GET /api/v1/applications/%s/%s HTTP/1.0\r\n\r\n" % (context.applicationId, what)
                connection.sendall(question.encode("ascii"))
                while connection.recv(65536):
                    pass
    except OSError:
        pass  # A page that isn't there, or speaks otherwise: the driver is as good without.


def hurry_stops():
    """PySpark looks once a second whether the server of its accumulators is to stop, and each stop waits for that look."""
    try:
        import select

        from pyspark import accumulators

        class Poll:
            def __init__(self):
                self.poll_object = select.poll()
                self.register = self.poll_object.register
                self.unregister = self.poll_object.unregister

            def poll(self, timeout):
                return self.poll_object.poll(min(timeout, 50))

        hurried = types.ModuleType("select")
        hurried.__dict__.update(select.__dict__)
        hurried.poll = Poll
        accumulators.select = hurried
        for name in ("AccumulatorTCPServer", "AccumulatorUnixServer", "AccumulatorServer"):
            server = getattr(accumulators, name, None)
            if server is not None:
                server.serve_forever = lambda self, poll_interval=0.05, serve=server.serve_forever: serve(self, poll_interval)
    except (ImportError, AttributeError):
        pass  # Another PySpark: it stops at its own pace.


def forget_output(slot):
    """What was said in warming up goes. The JVM appends, so it goes on at the beginning."""
    for name in OUTPUT:
        os.truncate(os.path.join(slot, name), 0)


def take(batch, slot):
    """Claims the launch as launch.sh does. Output and exit code become the batch's. Who comes second gets nothing."""
    if os.stat(slot).st_dev != os.stat(batch["folder"]).st_dev:
        return False  # Files can't be renamed from one disk to another.
    try:
        os.symlink("%d %s" % (os.getpgrp(), slot), batch["claim"])
    except FileExistsError:
        return False
    for name in (*OUTPUT, "exit"):
        os.rename(os.path.join(slot, name), os.path.join(batch["folder"], name))
    # The shell around this JVM goes on to write the exit code here.
    os.symlink(os.path.join(batch["folder"], "exit"), os.path.join(slot, "exit"))
    return True


def configure(arguments, environment):
    """Gives the JVM the configuration that Spark's own code makes of spark-submit's arguments, in place of the warm-up's.

    Returns the script, its arguments, and the configuration.
    """
    from pyspark import SparkContext

    jvm = SparkContext._jvm
    convert = jvm.org.apache.spark.api.python.PythonUtils
    deploy = jvm.org.apache.spark.deploy
    system = jvm.java.lang.System
    # Whatever Spark makes of the arguments, it fills up from these.
    for name in list(system.getProperties().stringPropertyNames()):
        if name.startswith("spark."):
            system.clearProperty(name)
    parsed = deploy.SparkSubmitArguments(convert.toSeq(arguments), convert.toScalaMap(environment))
    prepared = deploy.SparkSubmit().prepareSubmitEnvironment(parsed, jvm.scala.Option.empty())
    conf = {pair._1(): pair._2() for pair in prepared._3().getAll()}
    for name, value in conf.items():
        system.setProperty(name, value)
    # As org.apache.spark.deploy.PythonRunner gets them: the script, its py-files, and the rest.
    children = prepared._1()
    script = deploy.PythonRunner.formatPath(children.apply(0), False)
    return script, [children.apply(index) for index in range(2, children.size())], conf


def adopt_environment(wanted, conf):
    """What the batch's own spark-submit would have had, and what org.apache.spark.deploy.PythonRunner adds to it."""
    kept = {name: os.environ[name] for name in BY_PYTHON_RUNNER if name in os.environ}
    if "MASTER" in os.environ:
        kept["MASTER"] = conf["spark.master"]
    if "spark.driver.cores" in conf:
        kept["OMP_NUM_THREADS"] = conf["spark.driver.cores"]
    os.environ.clear()
    os.environ.update(wanted)
    os.environ.update(kept)


def run(script, rest, folder):
    """Runs a script as `python SCRIPT REST...` would. Returns the exit code unless the script has its own."""
    # The same path, which may be another folder by now.
    os.chdir(os.environ["PWD"])
    driver_report.install(folder)
    sys.argv[:] = [script, *rest]
    sys.path_importer_cache.pop(sys.path[0], None)
    sys.path[0] = os.path.dirname(os.path.realpath(script))
    module = types.ModuleType("__main__")
    module.__file__ = script
    module.__cached__ = None
    module.__builtins__ = __builtins__
    module.__annotations__ = {}
    module.__loader__ = SourceFileLoader("__main__", script)
    sys.modules["__main__"] = module
    try:
        with open(script, "rb") as source:
            code = compile(source.read(), script, "exec", dont_inherit=True)
        exec(code, module.__dict__)
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException:
        kind, error, trace = sys.exc_info()
        # Without this frame, which isn't the program's.
        trace = trace.tb_next
        sys.last_type, sys.last_value, sys.last_traceback = kind, error.with_traceback(trace), trace
        if sys.version_info >= (3, 12):
            sys.last_exc = error
        sys.excepthook(kind, error, trace)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
