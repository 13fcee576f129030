using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>What a reader needs to trust the figures and to get them again: method, the generator's own error, machine, ledger.</summary>
internal static class AppendixSection
{
    internal static void Render(Markup html, ScenarioReport report)
    {
        html.Raw("<section id=\"method\"><h2>How this was measured</h2><div class=\"columns\"><div><h3>Stages</h3><p>All moments are read from one clock (CLOCK_MONOTONIC) and from outside the container. <b>Detected</b>: from PID 1’s death, as a pidfd of the observer’s own saw it, to the runtime’s exit event. <b>Back-off</b>: from the exit to the end of the announced delay. <b>Started</b>: from there to the new PID 1. <b>First success</b>: from the fault to the first answered request. <b>Steady</b>: the first of several consecutive windows in which every request was answered within the objective. The exit counts from the fault; a leak takes its time to reach the limit.</p>");
        html.Raw("<p>Quantiles treat a trial that did not recover as longer than any that did. Intervals are percentile bootstraps with 1,000 resamples from the seed. Availability counts what lies between the end of the watch and the horizon as answered when the service was steady, and as failed when it was not.</p></div>");
        Generator(html, report);
        html.Raw("</div></section>");
        MachineSection(html, report);
    }

    private static void Generator(Markup html, ScenarioReport report)
    {
        var lateness = new LogLinearHistogram();
        var corrected = new LogLinearHistogram();
        var uncorrected = new LogLinearHistogram();
        TimeSpan processor = TimeSpan.Zero;
        long dropped = 0;
        foreach (LoadResult load in report.Trials.Where(t => t.Load is not null).Select(t => t.Load!))
        {
            lateness.Add(load.Lateness);
            corrected.Add(load.Corrected);
            uncorrected.Add(load.Uncorrected);
            processor += load.ProcessorTime;
            dropped += load.Dropped;
        }

        ActResult[] acts = [.. report.Trials.SelectMany(t => t.Acts)];
        TimeSpan injector = acts.Aggregate(TimeSpan.Zero, (sum, act) => sum + act.ProcessorTime);
        html.Raw("<div><h3>The load generator’s own error</h3><table class=\"small\"><thead><tr><th scope=\"col\">series</th><th scope=\"col\">p50</th><th scope=\"col\">p99</th><th scope=\"col\">max</th></tr></thead><tbody>");
        Series("lateness of sending", lateness);
        Series("latency from the intended send time", corrected);
        Series("latency from the actual send time", uncorrected);
        html.Add($"</tbody></table><p>{Figures.Count(dropped)} requests dropped because too many were waiting; {processor.TotalSeconds:0.0} s of CPU used by the generator over {report.Duration.TotalSeconds:0} s, and {injector.TotalSeconds:0.00} s by who injects, over {Figures.Count(acts.Length)} acts.</p></div>");

        void Series(string name, LogLinearHistogram h) => html.Add(
            $"<tr><th scope=\"row\">{name}</th><td class=\"n\">{h.ValueAt(0.5) / 1e6:0.00} ms</td><td class=\"n\">{h.ValueAt(0.99) / 1e6:0.00} ms</td><td class=\"n\">{h.Maximum / 1e6:0.0} ms</td></tr>");
    }

    private static void MachineSection(Markup html, ScenarioReport report)
    {
        RunEnvironment e = report.Environment;
        html.Raw("<section id=\"environment\"><h2>Where, and how to get it again</h2><div class=\"columns\"><div><h3>Environment</h3>");
        if (report.Hosts.Count > 0)
            html.Raw("<p>What was measured on each host is that host’s, see <a href=\"#hosts\">Hosts</a>. This is the machine that asked for it.</p>");
        html.Raw("<dl class=\"facts\">");
        Fact("ContainerChaos", e.Version);
        Fact("Kernel", e.Kernel);
        Fact("cgroup", e.CgroupMode);
        Fact("Processor", $"{e.Cpus} × {e.Processor}");
        Fact("Memory", ByteSize.Format(e.MemoryBytes));
        Fact("Runtime", e.Runtime);
        Fact("Load average before", e.LoadAverage.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture));
        html.Raw("</dl></div><div><h3>Reproduce</h3><pre><code>");
        bool builtIn = report.Scenarios.All(s => !Path.IsPathRooted(s.Source));
        string Trials(string option) => report.Trials.Count == 0 ? "" : $" {option} {report.Trials.Max(t => t.Trial)}";
        IEnumerable<string> names = report.Scenarios.Select(s => builtIn ? s.Name : Path.GetFileName(s.Source));
        if (report.Hosts.Count > 0)
            html.Add($"Start-GameDay {string.Join(", ", names)} -HostName {string.Join(", ", report.Hosts.Select(h => h.Host))}{Trials("-Trials")} -Seed {report.Seed} -ReportPath report.html");
        else
            html.Add($"containerchaos run {string.Join(" ", names)}{Trials("--trials")} --seed {report.Seed} --report report.html");
        html.Raw("</code></pre><p>The seed fixes the names, the order of the trials and the intervals; the times are the machine’s.</p><h3>Fault ledger</h3>");
        html.Add($"<p>{report.FaultsUndone} faults were written down before they were applied and struck out after; {report.OpenFaults.Count} {(report.OpenFaults.Count == 1 ? "is" : "are")} left.</p>");
        foreach ((string host, FaultRecord fault) in report.ByHost().SelectMany(part => part.OpenFaults.Select(fault => (part.Hosts is [var on] ? on.Host + ": " : "", fault))))
            html.Add($"<p class=\"bad\">✗ {host}{fault.Fault} on {fault.Target}: {fault.Effect}</p>");
        TrialResult[] failed = [.. report.Trials.Where(t => t.Error is not null)];
        if (failed.Length > 0)
        {
            html.Raw("<h3>Trials that measured nothing</h3><p>They are not counted for or against a policy.</p><ul>");
            foreach (TrialResult trial in failed)
                html.Add($"<li class=\"bad\">{trial.Scenario}, {RowText.Name(trial)}: {trial.Error}</li>");
            html.Raw("</ul>");
        }

        html.Raw("</div></div></section>");

        void Fact(string name, string value) => html.Add($"<div><dt>{name}</dt><dd>{value}</dd></div>");
    }
}
