using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Differential.Tests;

/// <summary>Our own engine, as a library.</summary>
internal class EngineHost : ContainerHost
{
    private readonly TestRoot _root = new();
    private readonly ContainerEngine _engine;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _events;

    public EngineHost(string images)
    {
        Options = new EngineOptions
        {
            DataRoot = _root.DataRoot,
            RunRoot = _root.RunRoot,
            CgroupParent = _root.CgroupParent,
            CcrunPath = TestRoot.CcrunPath,
            TargetPath = TestRoot.TargetPath,
        };
        _engine = new ContainerEngine(Options);
        _engine.Images.ImportAll(images);
        var events = _engine.ReadEvents(null, _end.Token);
        _events = Task.Factory.StartNew(() => Listen(events), TaskCreationOptions.LongRunning);
    }

    public override string Folder => _root.Directory;

    protected EngineOptions Options { get; }

    public override string Create(ContainerRequest request) => Try(() => _engine.Create(Translate(request)).Id);

    public override void Start(string container) => Try(() => _engine.Start(container));

    public override void Stop(string container, int? grace = null) => Try(() => _engine.Stop(container, Seconds(grace)));

    public override void Restart(string container, int? grace = null) => Try(() => _engine.Restart(container, Seconds(grace)));

    public override void Kill(string container, string signal) => Try(() => _engine.SendSignal(container, Number(signal)));

    public override void Pause(string container) => Try(() => _engine.Suspend(container));

    public override void Resume(string container) => Try(() => _engine.Resume(container));

    public override void Rename(string container, string name) => Try(() => _engine.Rename(container, name));

    public override void Remove(string container, bool force = false) => Try(() =>
    {
        _engine.Remove(container, force);
        return true;
    });

    public override int Wait(string container) => Try(() => _engine.Wait(container).ExitCode ?? 0);

    public override Sight Look(string container) => Try(() =>
    {
        var seen = _engine.Get(container);
        return new Sight
        {
            Id = seen.Id,
            Name = seen.Name,
            State = seen.State.ToString().ToLowerInvariant(),
            ExitCode = seen.ExitCode ?? 0,
            OomKilled = seen.OomKilled,
            RestartCount = seen.RestartCount,
            Pid = seen.Pid ?? 0,
            Command = seen.Command,
            Labels = seen.Labels,
            StartedAt = seen.StartedAt,
            FinishedAt = seen.FinishedAt,
        };
    });

    public override CommandResult Execute(string container, CommandRequest command) => Try(() =>
    {
        try
        {
            var result = _engine.Invoke(container, new ContainerCommandOptions
            {
                Command = command.Command,
                Env = Pairs(command.Env),
                User = command.User,
                WorkingDirectory = command.WorkingDirectory,
            });
            return new CommandResult(result.ExitCode, string.Join('\n', result.Output), string.Join('\n', result.Error));
        }
        catch (ContainerException e) when (e.Reason is ErrorReason.CommandNotFound or ErrorReason.CommandNotExecutable)
        {
            // Docker's API has an exit code where we have an error.
            return new CommandResult(e.ExitCode, "", "");
        }
    });

    public override IReadOnlyList<string> ReadLog(string container, int? tail = null) => Try(() =>
        _engine.ReadLog(container, new ContainerLogOptions { Tail = tail }).Select(entry => $"{entry.Stream[3]} {entry.Line}").ToList());

    public override void AwaitLine(string container, string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        _ = _engine.ReadLog(container, new ContainerLogOptions { Follow = true }, patience.Token).First(entry => entry.Line.Contains(text, StringComparison.Ordinal));
    }

    public override void Dispose()
    {
        foreach (var container in _engine.List())
            _engine.Remove(container.Id, force: true);
        _end.Cancel();
        _events.Wait();
        _end.Dispose();
        _root.Dispose();
    }

    private void Listen(IEnumerable<ContainerEvent> events)
    {
        try
        {
            foreach (var one in events)
                Events.Add(one.ContainerId, Describe(one));
        }
        catch (OperationCanceledException)
        {
        }
    }

    // Docker's "die" says the exit code and its "kill" the signal.
    private static string Describe(ContainerEvent one) => one.Type switch
    {
        EventTypes.Die => $"die {one.Attributes["exitCode"]}",
        EventTypes.Kill => $"kill {one.Attributes["signal"]}",
        EventTypes.ExecDie => $"exec_die {one.Attributes["exitCode"]}",
        _ => one.Type,
    };

    private static ContainerCreateOptions Translate(ContainerRequest request) => new()
    {
        Name = request.Name,
        Image = request.Image,
        Command = request.Command,
        Entrypoint = request.Entrypoint,
        Env = Pairs(request.Env),
        User = request.User,
        WorkingDirectory = request.WorkingDirectory,
        Hostname = request.Hostname,
        Network = request.Network,
        MemoryBytes = request.Memory,
        Cpus = request.Cpus,
        PidsLimit = request.PidsLimit,
        RestartPolicy = RestartPolicy.Parse(request.RestartPolicy ?? "no"),
        Init = request.Init,
        StopSignal = request.StopSignal,
        StopTimeout = Seconds(request.StopTimeout),
        Volumes = request.Binds,
        Labels = request.Labels,
        ReadOnly = request.ReadOnly,
        SecurityOptions = request.SecurityOptions,
        CapAdd = request.CapAdd,
        CapDrop = request.CapDrop,
        Privileged = request.Privileged,
        GroupAdd = request.GroupAdd,
        Domainname = request.Domainname,
        MemorySwapBytes = request.MemorySwap,
        MemoryReservationBytes = request.MemoryReservation,
        OomScoreAdj = request.OomScoreAdj,
        CpuShares = request.CpuShares,
        CpusetCpus = request.CpusetCpus,
        Ulimits = request.Ulimits,
        ShmSizeBytes = request.ShmSize,
        Devices = request.Devices,
        Sysctl = request.Sysctl,
        Pid = request.Pid,
        Ipc = request.Ipc,
        Uts = request.Uts,
    };

    private static Dictionary<string, string> Pairs(IEnumerable<string> variables) => variables.Select(variable => variable.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private static TimeSpan? Seconds(int? count) => count is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static T Try<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (ContainerException e)
        {
            throw new HostException(Kind(e.Reason), e.Message, e);
        }
    }

    private static int Number(string signal) => Linux.SignalName.TryParse(signal, out var number) ? number : throw new HostException(Refusal.Invalid, $"'{signal}' is no signal.");

    protected static Refusal Kind(ErrorReason reason) => reason switch
    {
        ErrorReason.ContainerNotFound or ErrorReason.ImageNotFound => Refusal.NotFound,
        ErrorReason.NameInUse or ErrorReason.InvalidState => Refusal.Conflict,
        ErrorReason.InvalidArgument or ErrorReason.InvalidName or ErrorReason.LimitTooLow or ErrorReason.CommandNotFound or ErrorReason.CommandNotExecutable => Refusal.Invalid,
        _ => Refusal.Failed,
    };
}
