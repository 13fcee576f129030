using ContainerChaos.Target.Faults;
using ContainerChaos.Target.Http;
using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Report;
using ContainerChaos.Target.Signals;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary><c>target serve</c>: the web service.</summary>
internal static class ServeCommand
{
    public static int Run(string[] arguments)
    {
        ServeOptions options = ServeOptions.Parse(arguments);
        if (options.ForkApp) return ForkAppCommand.Run(["serve", .. arguments.Where(argument => argument != "--fork-app")]);

        // If it came in ignored the kernel would reap the children by itself, and there would be no zombies.
        Dispositions.Default(Libc.SIGCHLD);
        var loop = new EventLoop();
        var server = new HttpServer(loop);
        var report = new ProcessReport(server);
        server.Router = new Router(new FaultEndpoints(server, new Burners()), report);
        Prepare(options, server, report);
        foreach (Endpoint endpoint in options.Endpoints) _ = new Listener(server, endpoint);
        loop.Run();
        foreach (Endpoint endpoint in options.Endpoints) endpoint.Remove();
        return 0;
    }

    private static void Prepare(ServeOptions options, HttpServer server, ProcessReport report)
    {
        switch (options.TermAction)
        {
            case TermAction.Ignore:
                Dispositions.Ignore(Libc.SIGTERM);
                return;
            case TermAction.Default:
                Dispositions.Default(Libc.SIGTERM);
                return;
        }

        EventLoop loop = server.Loop;
        TimeSpan patience = options.Drain > TimeSpan.Zero ? options.Drain : options.TermDelay;
        var end = new LoopTimer(loop.Stop);
        // The last ones are told, and have as long as it takes to hear it.
        var goodBye = new LoopTimer(() =>
        {
            server.CloseIdle();
            loop.SetTimer(end, 2 * MonotonicClock.NanosecondsPerSecond);
        });
        loop.Signalled = signal =>
        {
            report.Received(signal);
            string how = options.Drain > TimeSpan.Zero ? $"ending when the clients have left, who are sent away in {patience.TotalSeconds} s"
                : patience > TimeSpan.Zero ? $"ending in {patience.TotalSeconds} s" : "ending";
            Output.Line($"target: {SignalName.Of(signal)} received, {how}");
            if (options.Drain > TimeSpan.Zero) server.Drain();
            if (patience <= TimeSpan.Zero) loop.Stop();
            else if (options.Drain > TimeSpan.Zero && goodBye.Index < 0 && end.Index < 0) loop.SetTimer(goodBye, (long)patience.TotalNanoseconds);
            else if (options.Drain <= TimeSpan.Zero && end.Index < 0) loop.SetTimer(end, (long)patience.TotalNanoseconds);
        };
        SignalGate.Catch(Libc.SIGTERM, Libc.SIGINT, Libc.SIGQUIT);
    }
}
