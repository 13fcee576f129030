namespace ContainerChaos.Scenarios.Reports;

/// <summary>Writes a report to files.</summary>
public static class ReportWriter
{
    /// <summary>Writes everything, trials and samples included, as JSON.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The file; replaced by rename.</param>
    public static void WriteJson(ScenarioReport report, string path) => throw new NotImplementedException();

    /// <summary>Writes one HTML page that needs no network.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The file; replaced by rename.</param>
    public static void WriteHtml(ScenarioReport report, string path) => throw new NotImplementedException();
}
