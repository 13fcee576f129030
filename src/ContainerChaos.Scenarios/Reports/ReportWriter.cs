using System.Text;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>Writes a report to files, each complete or not there at all.</summary>
public static class ReportWriter
{
    /// <summary>The format that a file's name asks for: .html or .htm, .json, .journal.json (the Chaos Toolkit's), .md, .xml (JUnit's) or .nunit.xml.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentException">The extension is none of these.</exception>
    public static ReportFormat FormatOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.EndsWith(ExperimentJournal.Extension, StringComparison.OrdinalIgnoreCase) ? ReportFormat.Journal : path.EndsWith(".nunit.xml", StringComparison.OrdinalIgnoreCase) ? ReportFormat.NUnit : Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".html" or ".htm" => ReportFormat.Html,
            ".json" => ReportFormat.Json,
            ".md" => ReportFormat.Markdown,
            ".xml" => ReportFormat.JUnit,
            _ => throw new ArgumentException($"'{path}' says no format of a report. Use .html, .json, .journal.json for the Chaos Toolkit's, .md, .xml for JUnit's or .nunit.xml for NUnit's.", nameof(path)),
        };
    }

    /// <summary>Writes the report in the format that the file's name asks for.</summary>
    /// <param name="report">The report.</param>
    /// <param name="path">The file; replaced by rename. Journals of further trials are beside it: <c>x.2.journal.json</c>.</param>
    /// <exception cref="ArgumentException">The extension is that of no format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(ScenarioReport report, string path)
    {
        ArgumentNullException.ThrowIfNull(report);
        switch (FormatOf(path))
        {
            case ReportFormat.Html:
                Replace(path, stream => stream.Write(Encoding.UTF8.GetBytes(HtmlReport.Render(report))));
                break;
            case ReportFormat.Json:
                Replace(path, stream => JsonReport.Write(report, stream));
                break;
            case ReportFormat.Journal:
                foreach ((int index, TrialResult trial) in report.Trials.Index())
                    Replace(ExperimentJournal.PathOf(path, index), stream => ExperimentJournal.Write(report, trial, stream));
                break;
            case ReportFormat.Markdown:
                Replace(path, stream => stream.Write(Encoding.UTF8.GetBytes(MarkdownReport.Render(report))));
                break;
            case ReportFormat.JUnit:
                Replace(path, JUnitReport.Create(report).Save);
                break;
            case ReportFormat.NUnit:
                Replace(path, NUnitReport.Create(report).Save);
                break;
        }
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
