namespace ContainerChaos.Scenarios.Reports;

/// <summary>What a report can be written as; a file's extension says which.</summary>
public enum ReportFormat
{
    /// <summary><c>.html</c>: one page that needs no network.</summary>
    Html,

    /// <summary><c>.json</c>: everything, trials and samples included.</summary>
    Json,

    /// <summary><c>.journal.json</c>: the Chaos Toolkit's journal, a file for each trial.</summary>
    Journal,

    /// <summary><c>.md</c>: the tables, for a pull request.</summary>
    Markdown,

    /// <summary><c>.xml</c>: JUnit's, a test case for each row, which CI servers read.</summary>
    JUnit,

    /// <summary><c>.nunit.xml</c>: NUnit 3's, as Pester's default.</summary>
    NUnit,
}
