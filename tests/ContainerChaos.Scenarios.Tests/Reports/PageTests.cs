using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ContainerChaos.Scenarios.Reports;
using ContainerChaos.Testing;

namespace ContainerChaos.Scenarios.Tests.Reports;

/// <summary>The report as a browser without a network lays it out.</summary>
public sealed class PageTests : IDisposable
{
    private const string Script = """
        <script>
        addEventListener("load", () => {
          const charts = [...document.querySelectorAll("svg.chart")], page = document.documentElement;
          const isInside = (text, chart) => { const t = text.getBoundingClientRect(), c = chart.getBoundingClientRect(); return t.left >= c.left - 1 && t.right <= c.right + 1 && t.top >= c.top - 1 && t.bottom <= c.bottom + 1; };
          document.body.dataset.seen = JSON.stringify({
            width: page.clientWidth,
            beside: page.scrollWidth - page.clientWidth,
            fetched: performance.getEntriesByType("resource").length,
            charts: charts.length,
            flat: charts.filter(chart => chart.clientWidth < 100 || chart.clientHeight < 20).length,
            cut: charts.flatMap(chart => [...chart.querySelectorAll("text")].filter(text => !isInside(text, chart)).map(text => text.textContent)),
          });
        });
        </script></body>
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly string _directory = Directory.CreateTempSubdirectory("ccpage").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [ChromiumTheory]
    [InlineData(1280)]
    [InlineData(500)]
    public void It_opens_offline_fits_the_window_and_shows_every_chart_whole(int width) => OwnNetwork.Run(() =>
    {
        string path = Path.Combine(_directory, "report.html");
        ReportWriter.Write(MadeReport.Shared, path);
        string page = File.ReadAllText(path);
        // The page lets no script run; what measures it has to be let in.
        File.WriteAllText(path, page.Replace("default-src 'none'", "default-src 'none'; script-src 'unsafe-inline'", StringComparison.Ordinal).Replace("</body>", Script, StringComparison.Ordinal));
        using JsonDocument seen = JsonDocument.Parse(WebUtility.HtmlDecode(Regex.Match(Open(path, width), "data-seen=\"([^\"]*)\"").Groups[1].Value));
        int Number(string name) => seen.RootElement.GetProperty(name).GetInt32();
        Assert.InRange(Number("width"), width - 20, width);
        Assert.Equal(0, Number("beside"));
        Assert.Equal(0, Number("fetched"));
        Assert.InRange(Number("charts"), 30, 1000);
        Assert.Equal(0, Number("flat"));
        Assert.Empty(seen.RootElement.GetProperty("cut").EnumerateArray().Select(text => text.GetString()));
    });

    /// <summary>Opens a page, and returns what its scripts have made of it.</summary>
    private string Open(string path, int width)
    {
        using Process browser = Process.Start(new ProcessStartInfo(
            ChromiumTheoryAttribute.Path!, ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", $"--user-data-dir={_directory}/profile", $"--window-size={width},900", "--dump-dom", "file://" + path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["HOME"] = _directory, ["XDG_CONFIG_HOME"] = _directory, ["XDG_CACHE_HOME"] = _directory },
        })!;
        Task<string> output = browser.StandardOutput.ReadToEndAsync(), errors = browser.StandardError.ReadToEndAsync();
        if (!browser.WaitForExit(s_patience))
        {
            browser.Kill(entireProcessTree: true);
            Assert.Fail($"The browser does not end: {errors.Result}");
        }

        Assert.True(browser.ExitCode == 0, errors.Result);
        return output.Result;
    }
}
