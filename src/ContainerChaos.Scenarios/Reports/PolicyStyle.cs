namespace ContainerChaos.Scenarios.Reports;

/// <summary>How a policy is drawn: a colour of the style sheet, and a dash so that colour is never the only difference.</summary>
internal static class PolicyStyle
{
    internal static string ClassOf(string policy) => policy.Split(':')[0] switch
    {
        "no" => "p-no",
        "on-failure" => "p-onfailure",
        "always" => "p-always",
        _ => "p-unless",
    };

    internal static string Dash(bool init) => init ? "5 3" : "none";
}
