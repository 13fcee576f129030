using ContainerChaos.Build;

var tasks = new Dictionary<string, Func<Repository, string[], int>>
{
    ["build"] = BuildTask.Run,
    ["test"] = TestTask.Run,
    ["gameday"] = GameDayTask.Run,
    ["bench"] = BenchTask.Run,
    ["package"] = PackageTask.Run,
    ["clean"] = CleanTask.Run,
};

var task = args.FirstOrDefault("build");
if (!tasks.TryGetValue(task, out var run))
{
    Console.Error.WriteLine($"usage: build.sh {string.Join('|', tasks.Keys)}");
    return task is "-h" or "--help" or "help" ? 0 : 2;
}

try
{
    var repository = new Repository();
    using var turn = BuildLock.Take(repository);
    return run(repository, args.Skip(1).ToArray());
}
catch (BuildException failure)
{
    Console.Error.WriteLine($"build: {failure.Message}");
    return 1;
}
