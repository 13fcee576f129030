using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>
/// The share of trials that had their first success by a time, a line for each policy with and without init. A line that
/// ends below 100 % is the share that never recovered.
/// </summary>
internal static class EcdfChart
{
    private const double Width = 420;
    private const double Height = 200;
    private const double Left = 40;
    private const double Right = 12;
    private const double Top = 12;
    private const double Bottom = 34;

    internal static Markup Render(string label, IReadOnlyList<ScenarioRow> rows, double maximum)
    {
        var svg = new Markup();
        string title = $"Share of trials recovered over time{(label == "–" ? "" : ", " + label)}";
        string summary = string.Join("; ", rows.Select(r =>
            $"{r.Policy} {(r.Init ? "with" : "without")} init: median {Figures.Milliseconds(r.FirstSuccessP50)}, {r.Unrecovered} of {r.N} not recovered"));
        svg.Add($"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}. {summary}\">");
        double X(double ms) => Left + (Math.Clamp(ms / maximum, 0, 1) * (Width - Left - Right));
        double Y(double share) => Top + ((1 - share) * (Height - Top - Bottom));
        foreach (double share in (double[])[0, 0.5, 1])
            svg.Add($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(share)}\" y2=\"{Y(share)}\"/><text class=\"tick\" x=\"{Left - 6}\" y=\"{Y(share) + 4}\" text-anchor=\"end\">{share * 100:0} %</text>");
        foreach (double tick in Scale.Ticks(maximum, 5))
            svg.Add($"<line class=\"grid\" x1=\"{X(tick)}\" x2=\"{X(tick)}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/><text class=\"tick\" x=\"{X(tick)}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{tick:0}</text>");
        svg.Add($"<text class=\"axis\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 4}\" text-anchor=\"middle\">ms from the fault to the first success</text>");

        // Lines of equal distributions would hide each other: each is shifted by a pixel.
        int index = 0;
        foreach (ScenarioRow row in rows)
        {
            double shift = (index++ - ((rows.Count - 1) / 2.0)) * 1.1;
            Distribution stage = row.Stages["firstSuccess"];
            double[] known = [.. stage.Values.Where(v => v is not null).Select(v => v!.Value).Order()];
            var path = new Markup();
            path.Add($"M{X(0)} {Y(0) + shift}");
            for (int i = 0; i < known.Length; i++)
                path.Add($"H{X(known[i]) + shift}V{Y((i + 1.0) / stage.Count) + shift}");
            path.Add($"H{Width - Right}");
            svg.Add($"<path class=\"line {PolicyStyle.ClassOf(row.Policy)}\" stroke-dasharray=\"{PolicyStyle.Dash(row.Init)}\" d=\"{path}\"><title>{row.Policy}, {(row.Init ? "init" : "no init")}</title></path>");
        }

        return svg.Raw("</svg>");
    }
}
