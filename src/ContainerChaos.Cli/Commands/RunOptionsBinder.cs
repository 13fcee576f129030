using System.CommandLine;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Cli;

/// <summary>The options that <c>run</c> and <c>gameday</c> share.</summary>
internal sealed class RunOptionsBinder
{
    private readonly Option<int?> _trials = new("--trials", "-n") { Description = "Trials of each combination (default: what the scenario says).", HelpName = "N" };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of names, order and intervals.", DefaultValueFactory = _ => 1, HelpName = "N" };
    private readonly Option<string[]> _policies = new("--policy") { Description = "Only this restart policy; can be given several times.", HelpName = "POLICY" };
    private readonly Option<bool?> _init = new("--init") { Description = "Only with init (true) or only without (false)." };
    private readonly Option<bool> _whatIf = new("--what-if") { Description = "Says what would be run, and runs nothing." };

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Tells every step of every trial." };

    internal RunOptionsBinder()
    {
        _trials.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 10_000)
                result.AddError("--trials must be from 1 to 10,000.");
        });
        _policies.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                try
                {
                    RestartPolicy.Parse(token.Value);
                }
                catch (ContainerException e)
                {
                    result.AddError($"{e.Message} {e.Remedy}");
                }
            }
        });
    }

    internal void AddTo(Command command)
    {
        command.Options.Add(_trials);
        command.Options.Add(_seed);
        command.Options.Add(_policies);
        command.Options.Add(_init);
        command.Options.Add(_whatIf);
        command.Options.Add(_verbose);
    }

    internal bool IsWhatIf(ParseResult parse) => parse.GetValue(_whatIf);

    internal bool IsVerbose(ParseResult parse) => parse.GetValue(_verbose);

    internal RunOptions Bind(ParseResult parse) => new()
    {
        Trials = parse.GetValue(_trials),
        Seed = parse.GetValue(_seed),
        Policies = parse.GetValue(_policies) is { Length: > 0 } policies ? [.. policies.Select(RestartPolicy.Parse)] : null,
        Init = parse.GetValue(_init),
    };
}
