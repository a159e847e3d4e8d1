// Stands in for the native module @vscode/native-watchdog, which ends an orphaned extension host; ours ends with its process group.
exports.start = () => {};
