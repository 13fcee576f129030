namespace ContainerChaos.Scenarios;

/// <summary>What a step does.</summary>
public enum ScenarioAction
{
    /// <summary>A request to the workload itself that makes it misbehave: leak, spawn orphans, exit.</summary>
    Request,

    /// <summary>A command in the container, which has to succeed.</summary>
    Exec,

    /// <summary>A program of the host, or a request to a service, see <see cref="ScenarioAct.Probe"/>.</summary>
    Probe,

    /// <summary>A script of the program that runs the scenario, see <see cref="ScenarioAct.Script"/>.</summary>
    Script,

    /// <summary>A signal to PID 1 from outside, as a crash: the restart policy stays armed.</summary>
    Crash,

    /// <summary>A fault of the catalogue, see <see cref="ScenarioAct.Fault"/>.</summary>
    Fault,

    /// <summary>An operator's stop: disarms the policy.</summary>
    Stop,

    /// <summary>An operator's restart.</summary>
    Restart,

    /// <summary>An operator's start.</summary>
    Start,

    /// <summary>
    /// A rolling update: another container of the same kind is started beside it; when that answers it is given the published port, and the old one is
    /// stopped with its grace period.
    /// </summary>
    Replace,
}
