using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.Scenarios;

/// <summary>The method of a scenario file: an action, several at the same time (<c>parallel</c>), some drawn by the seed (<c>random</c>), or steps that are repeated.</summary>
internal static class StepSection
{
    private const string Unlabelled = "–";

    /// <summary>A fault in the background without a duration lasts until the end of the method, which no trial outlives.</summary>
    internal static readonly TimeSpan LongestTrial = TimeSpan.FromHours(1);

    /// <summary>What one entry of <c>steps</c> asks for, repetitions written out.</summary>
    internal static IEnumerable<ScenarioStep> Read(YamlSection yaml) => Read(yaml, isBackground: false);

    /// <summary>The same of something that may be in the background by what stands elsewhere.</summary>
    internal static IEnumerable<ScenarioStep> Read(YamlSection yaml, bool isBackground) =>
        yaml.Has("steps") ? ReadRepeated(yaml)
        : yaml.Has("parallel") ? [ReadGroup(yaml, "parallel", null)]
        : yaml.Has("random") ? [ReadGroup(yaml, "random", yaml.Duration("within") ?? throw yaml.Error("the key 'within' is missing."))]
        : (yaml.Boolean("background") ?? isBackground) ? [ReadBackground(yaml)]
        : ReadSingle(yaml);

    /// <summary>What one entry of <c>rollbacks</c> asks for.</summary>
    internal static ScenarioAct ReadRollback(YamlSection yaml)
    {
        ScenarioAct act = ReadAct(yaml);
        // Its thread may be the one that is being stopped.
        if (act.Action == ScenarioAction.Script)
            throw yaml.Error("action", "a script can't be a rollback: when the run is cancelled, nobody runs it. Write exec, process, request, start, restart or a fault that is over at once.");
        if (act.Action is ScenarioAction.Replace || act.Lasts)
            throw yaml.Error("action", "a rollback is over when it is done: no fault that lasts, and no replacement.");
        act = act with { Timeout = yaml.Duration("timeout") ?? act.Timeout };
        yaml.Finish();
        return act;
    }

    private static ScenarioStep[] ReadRepeated(YamlSection yaml)
    {
        int repeat = yaml.Integer("repeat", 1, 100) ?? throw yaml.Error("the key 'repeat' is missing: steps in a step are repeated.");
        TimeSpan after = yaml.Duration("after") ?? TimeSpan.Zero;
        ScenarioStep[] steps = [.. yaml.Sections("steps").SelectMany(Read)];
        if (steps.Any(step => step.IsBackground))
            throw yaml.Error("steps", "a fault in the background lasts until the end of the method, and is not repeated.");
        yaml.Finish();
        return [.. Enumerable.Range(1, repeat).SelectMany(n => steps.Select((step, i) => step with
        {
            Label = step.Label == Unlabelled ? Ordinal(n) : $"{Ordinal(n)} {step.Label}",
            After = step.After + (i == 0 ? after : TimeSpan.Zero),
        }))];
    }

    private static ScenarioStep ReadGroup(YamlSection yaml, string key, TimeSpan? within)
    {
        ScenarioAct[] acts = [.. yaml.Sections(key).Select(act => ReadMember(act, isTimed: within is null))];
        ScenarioDraw? draw = within is { } stretch ? new ScenarioDraw(yaml.Integer("count", 1, acts.Length) ?? acts.Length, stretch) : null;
        var step = new ScenarioStep
        {
            Label = yaml.Text("label") ?? key,
            Acts = acts,
            Draw = draw,
            After = yaml.Duration("after") ?? TimeSpan.Zero,
            // What is drawn may end it, or not.
            EffectIsExit = ReadEffect(yaml) ?? (draw is null && acts.Any(act => EndsPidOne(act.Action))),
        };
        return Finish(yaml, step);
    }

    private static ScenarioAct ReadMember(YamlSection yaml, bool isTimed)
    {
        ScenarioAct act = ReadAct(yaml);
        if (act.Action == ScenarioAction.Replace)
            throw yaml.Error("action", "a container is replaced by a step of its own.");
        if (isTimed)
            act = act with { At = yaml.Duration("at") ?? TimeSpan.Zero };
        yaml.Finish();
        return act;
    }

    private static ScenarioStep ReadBackground(YamlSection yaml)
    {
        ScenarioAct act = ReadAct(yaml);
        if (!act.Lasts)
            throw yaml.Error("background", "only a fault that lasts goes on in the background.");
        var step = new ScenarioStep
        {
            Label = yaml.Text("label") ?? act.ToString(),
            Acts = [yaml.Has("duration") ? act : act with { Duration = LongestTrial }],
            After = yaml.Duration("after") ?? TimeSpan.Zero,
            IsBackground = true,
            EffectIsExit = false,
        };
        yaml.Finish();
        return step;
    }

    private static IEnumerable<ScenarioStep> ReadSingle(YamlSection yaml)
    {
        ScenarioAct act = ReadAct(yaml);
        int repeat = yaml.Integer("repeat", 1, 100) ?? 1;
        string? label = yaml.Text("label");
        if (label is not null && repeat > 1)
            throw yaml.Error("label", "a repeated step is labelled by its ordinal.");
        bool exits = ReadEffect(yaml) ?? EndsPidOne(act.Action);
        if (act.Action == ScenarioAction.Replace && (repeat > 1 || exits))
            throw yaml.Error("action", "a container is replaced once, and its service goes on: neither 'repeat' nor 'effect: exit' belongs here.");
        ScenarioStep step = Finish(yaml, new ScenarioStep { Label = label ?? Unlabelled, Acts = [act], After = yaml.Duration("after") ?? TimeSpan.Zero, EffectIsExit = exits });
        return repeat == 1 ? [step] : Enumerable.Range(1, repeat).Select(n => step with { Label = Ordinal(n) });
    }

    private static ScenarioStep Finish(YamlSection yaml, ScenarioStep step)
    {
        TimeSpan timeout = yaml.Duration("timeout") ?? step.Timeout + step.Length;
        step = step with
        {
            Acts = [.. step.Acts.Select(act => act with { Timeout = timeout })],
            Timeout = timeout,
            Observe = yaml.Duration("observe") ?? step.Observe,
        };
        yaml.Finish();
        return step;
    }

    private static ScenarioAct ReadAct(YamlSection yaml)
    {
        if (yaml.Script("action") is { } script)
            return new ScenarioAct { Action = ScenarioAction.Script, Script = script };
        FaultSpec? fault = FaultSection.TryRead(yaml);
        ScenarioAction action = fault is not null ? ScenarioAction.Fault : yaml.Choice(
            "action",
            [
                ("request", ScenarioAction.Request),
                ("exec", ScenarioAction.Exec),
                ("http", ScenarioAction.Probe),
                ("process", ScenarioAction.Probe),
                ("crash", ScenarioAction.Crash),
                ("stop", ScenarioAction.Stop),
                ("restart", ScenarioAction.Restart),
                ("start", ScenarioAction.Start),
                ("replace", ScenarioAction.Replace),
                .. FaultSection.Names.Select(name => (name, ScenarioAction.Fault)),
            ]) ?? throw yaml.Error("the key 'action' is missing.");
        if (action == ScenarioAction.Probe)
            return new ScenarioAct { Action = action, Probe = ProbeSection.ReadAction(yaml, yaml.Required("action")) };
        int signal = 9;
        if (action == ScenarioAction.Crash && !SignalName.TryParse(yaml.Text("signal") ?? "KILL", out signal))
            throw yaml.Error("signal", $"'{yaml.Text("signal")}' is not a signal; write KILL, SEGV or a number.");
        if (action is not (ScenarioAction.Crash or ScenarioAction.Fault) && yaml.Has("signal"))
            throw yaml.Error("signal", "only a crash has a signal.");
        bool lasts = fault is { IsInstant: false };
        if (!lasts && yaml.Has("duration"))
            throw yaml.Error("duration", "only a fault that lasts has a duration.");
        var act = new ScenarioAct
        {
            Action = action,
            Path = action == ScenarioAction.Fault ? null : yaml.Text("path"),
            Command = action == ScenarioAction.Exec ? yaml.Texts("command") ?? throw yaml.Error("a command needs a 'command'.") : [],
            Fault = fault,
            Signal = signal,
        };
        if (action == ScenarioAction.Request != act.Path is not null)
            throw yaml.Error(action == ScenarioAction.Request ? "a request needs a 'path'." : "only a request has a 'path'.");
        return lasts ? act with { Duration = yaml.Duration("duration") ?? act.Duration } : act;
    }

    private static bool? ReadEffect(YamlSection yaml) => yaml.Choice("effect", ("exit", true), ("degrade", false));

    private static bool EndsPidOne(ScenarioAction action) => action is ScenarioAction.Crash or ScenarioAction.Stop or ScenarioAction.Restart or ScenarioAction.Start;

    private static string Ordinal(int n) => n + ((n % 100) is >= 11 and <= 13 ? "th" : (n % 10) switch
    {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    });
}
