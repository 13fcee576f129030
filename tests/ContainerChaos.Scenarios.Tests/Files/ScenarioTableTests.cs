using System.Collections;

namespace ContainerChaos.Scenarios.Tests.Files;

public sealed class ScenarioTableTests
{
    private static readonly ScenarioScript s_script = new("{ x }", (_, _) => new ScriptOutput(true, 3, "x"));

    [Fact]
    public void A_table_has_the_keys_of_a_file_and_scripts_in_the_place_of_words()
    {
        Scenario scenario = Read(new Hashtable
        {
            ["trials"] = 2,
            ["load"] = new Hashtable { ["rate"] = 12.5 },
            ["matrix"] = new Hashtable { ["policies"] = "always", ["init"] = false },
            ["steady"] = new Hashtable { ["probes"] = new object[] { new Hashtable { ["probe"] = s_script, ["tolerances"] = "value < 4" }, new Hashtable { ["probe"] = "container" } } },
            ["steps"] = new object[] { new Hashtable { ["action"] = s_script, ["label"] = "mine" }, new Hashtable { ["action"] = "crash", ["repeat"] = 2 } },
        });
        Assert.Equal(("script-block", 2, 12.5), (scenario.Name, scenario.Trials, scenario.Load.Rate));
        Assert.Equal(["mine", "1st", "2nd"], scenario.Steps.Select(step => step.Label));
        Assert.Same(s_script, scenario.Steps[0].Acts[0].Script);
        Assert.Equal(["script", "container"], scenario.Probes.Select(probe => probe.Kind));
    }

    [Fact]
    public void A_mistake_is_told_without_a_place()
    {
        var e = Assert.Throws<ScenarioFileException>(() => Read(new Hashtable { ["steps"] = new Hashtable { ["action"] = "freeze", ["duration"] = "soon" } }));
        Assert.Equal("script-block: duration: 'soon' is not a duration; write 250ms, 1.5s or 2m.", e.Message);
        e = Assert.Throws<ScenarioFileException>(() => Read(new Hashtable { ["steps"] = new Hashtable { ["action"] = "crash" }, ["rollbacks"] = new Hashtable { ["action"] = s_script } }));
        Assert.Contains("a script can't be a rollback", e.Message);
    }

    private static Scenario Read(Hashtable table) => ScenarioTable.Read(table, value => value);
}
