using System.CommandLine;
using ContainerChaos.Cli;

RootCommand root = new("Breaks containers on purpose and measures how fast they come back.")
{
    RunCommand.Create(),
    GameDayCommand.Create(),
    ScenariosCommand.Create(),
    RestoreCommand.Create(),
    VersionCommand.Create(),
};
// A cancelled run removes its containers first, which a grace period inside a container can delay.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
