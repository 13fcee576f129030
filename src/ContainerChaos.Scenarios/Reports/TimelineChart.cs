using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>One trial over time: answered and failed requests in slots of 10 ms, and the stages of each recovery below.</summary>
internal static class TimelineChart
{
    private const double Width = 640;
    private const double Height = 132;
    private const double Left = 8;
    private const double Right = 8;
    private const double Middle = 56;
    private const double BarTop = 18;
    private const double LaneTop = 84;
    private const double LaneHeight = 14;
    private const double LeadIn = 60e6;

    internal static Markup Render(TrialResult trial)
    {
        LoadTimeline timeline = trial.Load!.Timeline();
        double from = trial.Steps[0].Stamps.Injected - LeadIn;
        double to = trial.Steps[^1].Stamps.WatchedUntil;
        double X(double moment) => Left + (Math.Clamp((moment - from) / (to - from), 0, 1) * (Width - Left - Right));
        double slotWidth = Math.Max(0.6, (X(from + LoadTimeline.SlotNanoseconds) - X(from)) * 0.92);
        double tallest = Math.Max(1, timeline.Slots.Max(s => Math.Max(s.Succeeded, s.Failed)));
        var good = new Markup();
        var bad = new Markup();
        for (int i = 0; i < timeline.Slots.Count; i++)
        {
            double moment = timeline.Start + ((i + 0.5) * LoadTimeline.SlotNanoseconds);
            if (moment < from || moment > to)
                continue;
            LoadTimeline.Slot slot = timeline.Slots[i];
            if (slot.Succeeded > 0)
                good.Add($"M{X(moment)} {Middle}v{-(Middle - BarTop) * slot.Succeeded / tallest}");
            if (slot.Failed > 0)
                bad.Add($"M{X(moment)} {Middle}v{22.0 * slot.Failed / tallest}");
        }

        int failed = trial.Steps.Sum(s => s.Failed);
        var svg = new Markup();
        svg.Add($"<svg class=\"chart timeline\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"Trial {trial.Trial}: {trial.Steps.Sum(s => s.Requests)} requests, {failed} failed. {Describe(trial)}\">");
        foreach (double tick in Scale.Ticks((to - from - LeadIn) / 1e6, 8))
        {
            double x = X(from + LeadIn + (tick * 1e6));
            svg.Add($"<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"{BarTop}\" y2=\"{LaneTop + LaneHeight}\"/><text class=\"tick\" x=\"{x}\" y=\"{Height - 6}\" text-anchor=\"middle\">{tick:0}</text>");
        }

        svg.Add($"<path class=\"good\" stroke-width=\"{slotWidth}\" d=\"{good}\"/><path class=\"bad\" stroke-width=\"{slotWidth}\" d=\"{bad}\"/>");
        svg.Add($"<line class=\"base\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Middle}\" y2=\"{Middle}\"/>");
        double lastLabel = -100;
        foreach (StepResult step in trial.Steps)
        {
            RecoveryStamps s = step.Stamps;
            double x = X(s.Injected);
            svg.Add($"<line class=\"inject\" x1=\"{x}\" x2=\"{x}\" y1=\"{BarTop - 4}\" y2=\"{LaneTop + LaneHeight}\"/>");
            if (x - lastLabel > 34)
            {
                svg.Add($"<text class=\"step\" x=\"{x + 3}\" y=\"{BarTop - 6}\">{(step.Label == "–" ? "fault" : step.Label)}</text>");
                lastLabel = x;
            }

            double cursor = s.Injected;
            double end = s.Steady ?? s.WatchedUntil;
            Segment("s-fault", "fault takes effect", s.ExitSeen ?? s.FirstFailure ?? (s.Recovered ? s.FirstSuccess : null));
            if (s.ExitSeen is not null && s.Started is not null)
                Segment("s-backoff", "back-off", s.BackOffEnds);
            Segment("s-start", s.ExitSeen is null ? "failing" : "start", s.Started);
            Segment("s-success", "to the first success", s.FirstSuccess);
            if (s.Recovered)
                Segment("s-steady", "to steady", s.Steady);
            else
                Segment("s-down", "down", end);

            void Segment(string kind, string name, double? until)
            {
                if (until is not { } stop || stop <= cursor)
                    return;
                svg.Add($"<rect class=\"{kind}\" x=\"{X(cursor)}\" y=\"{LaneTop}\" width=\"{Math.Max(0.8, X(stop) - X(cursor))}\" height=\"{LaneHeight}\"><title>{name}: {Figures.Milliseconds((stop - cursor) / 1e6)}</title></rect>");
                cursor = stop;
            }
        }

        return svg.Raw("</svg>");
    }

    private static string Describe(TrialResult trial) => string.Join(" ", trial.Steps.Select(s =>
        $"{(s.Label == "–" ? "Fault" : s.Label)}: {(s.Stamps.Recovered ? $"first success after {Figures.Milliseconds(Math.Max(0, s.Stamps.FirstSuccess!.Value - s.Stamps.Injected) / 1e6)}." : "not recovered.")}"));
}
