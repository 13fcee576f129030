using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.Scenarios;

/// <summary>One thing that is done to the container.</summary>
public sealed record ScenarioAct
{
    /// <summary>What is done.</summary>
    public required ScenarioAction Action { get; init; }

    /// <summary>With <see cref="ScenarioAction.Request"/>, path and query.</summary>
    public string? Path { get; init; }

    /// <summary>With <see cref="ScenarioAction.Exec"/>, the program and its arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>With <see cref="ScenarioAction.Probe"/>, what is asked, and what has to come of it.</summary>
    public ScenarioProbe? Probe { get; init; }

    /// <summary>With <see cref="ScenarioAction.Probe"/>, whether what is outside of its tolerances, or that nothing could be seen, is written down and no reason to end the trial.</summary>
    public bool MayFail { get; init; }

    /// <summary>With <see cref="ScenarioAction.Script"/>, the script.</summary>
    public ScenarioScript? Script { get; init; }

    /// <summary>With <see cref="ScenarioAction.Crash"/>, the signal's number.</summary>
    public int Signal { get; init; } = 9;

    /// <summary>With <see cref="ScenarioAction.Fault"/>, the fault.</summary>
    public FaultSpec? Fault { get; init; }

    /// <summary>With a fault that lasts, how long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>With several at the same time, how long after the first moment it is done.</summary>
    public TimeSpan At { get; init; }

    /// <summary>How long an answer or a command may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether it is a fault that lasts.</summary>
    internal bool Lasts => Fault is { IsInstant: false };

    /// <summary>From the first moment on, how long it is under way as far as is known.</summary>
    internal TimeSpan End => At + (Lasts ? Duration : TimeSpan.Zero);

    /// <summary>It in a few words: <c>crash by KILL</c>, <c>freeze</c>.</summary>
    /// <returns>The words.</returns>
    public override string ToString() => Action switch
    {
        ScenarioAction.Request => "request " + Path,
        ScenarioAction.Exec => "exec " + string.Join(' ', Command),
        ScenarioAction.Probe => Probe!.Name,
        ScenarioAction.Script => Script!.Text,
        ScenarioAction.Crash => "crash by " + SignalName.Of(Signal),
        ScenarioAction.Fault => Fault!.Name,
        _ => Action.ToString().ToLowerInvariant(),
    };
}
