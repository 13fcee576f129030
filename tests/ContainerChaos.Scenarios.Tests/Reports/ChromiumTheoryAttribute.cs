using ContainerChaos.Linux;

namespace ContainerChaos.Scenarios.Tests.Reports;

/// <summary>A test that looks at a page in a browser.</summary>
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute()
    {
        if (Path is null)
            Skip = "there is no chromium: apt-get install chromium";
        else if (OwnIdentity.User != 0)
            Skip = "not root, so there is no network namespace for the browser";
    }

    /// <summary>The browser; null where there is none.</summary>
    internal static string? Path { get; } = new[] { "/usr/bin/chromium", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);
}
