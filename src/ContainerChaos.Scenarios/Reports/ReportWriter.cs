using System.Text;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>Writes a report to files, each complete or not there at all.</summary>
public static class ReportWriter
{
    /// <summary>Writes everything, trials and samples included, as JSON.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The file; replaced by rename.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteJson(ScenarioReport report, string path)
    {
        ArgumentNullException.ThrowIfNull(report);
        Replace(path, stream => JsonReport.Write(report, stream));
    }

    /// <summary>Writes one HTML page that needs no network.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The file; replaced by rename.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteHtml(ScenarioReport report, string path)
    {
        ArgumentNullException.ThrowIfNull(report);
        Replace(path, stream => stream.Write(Encoding.UTF8.GetBytes(HtmlReport.Render(report))));
    }

    private static void Replace(string path, Action<Stream> write)
    {
        string temporary = path + ".new";
        try
        {
            using (FileStream stream = File.Create(temporary))
                write(stream);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
