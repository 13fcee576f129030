using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>What becomes of the options of a health check and of an image's HEALTHCHECK.</summary>
public sealed class HealthCheckTests : ContainerTest
{
    [Fact]
    public void The_image_s_check_counts_unless_another_is_asked_for_or_none()
    {
        Engine.Save(
            Engine.Create(Target("pause") with { Name = "base" }).Id, "checked:1",
            new ContainerCommitOptions { Changes = ["HEALTHCHECK --interval=2s --retries=7 CMD /target true"] });
        var image = new ContainerCreateOptions { Image = "checked:1", Command = ["pause"] };
        var own = Engine.Create(image).HealthCheck!;
        Assert.Equal((HealthCheckKind.Exec, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30), 7), (own.Kind, own.Interval, own.Timeout, own.Retries));
        Assert.Equal(["/bin/sh", "-c", "/target true"], own.Command);

        var other = Engine.Create(image with { Health = new HealthCheckOptions { Tcp = "8080", Retries = 1 } }).HealthCheck!;
        Assert.Equal((HealthCheckKind.Tcp, 8080, TimeSpan.FromSeconds(2), 1), (other.Kind, other.Port, other.Interval, other.Retries));
        Assert.Null(Engine.Create(image with { Health = new HealthCheckOptions { None = true } }).HealthCheck);
        Assert.Null(Engine.Create(Target("pause")).HealthCheck);
    }

    [Theory]
    [InlineData("8080/healthz", "127.0.0.1", 8080, "/healthz")]
    [InlineData(":8080", "127.0.0.1", 8080, "/")]
    [InlineData("/ready?full=1", "127.0.0.1", 80, "/ready?full=1")]
    [InlineData("http://localhost:81/a/b", "127.0.0.1", 81, "/a/b")]
    [InlineData("http://10.0.0.7/", "10.0.0.7", 80, "/")]
    [InlineData("http://[::1]:8080/x", "::1", 8080, "/x")]
    [InlineData("[::1]/x", "::1", 80, "/x")]
    public void A_request_is_a_port_and_a_path_or_a_URL(string text, string address, int port, string path)
    {
        var check = HealthCheckResolver.Resolve(new HealthCheckOptions { Http = text }, null, "app")!;
        Assert.Equal((HealthCheckKind.Http, address, port, path), (check.Kind, check.Address, check.Port, check.Path));
    }

    [Fact]
    public void A_command_is_a_line_for_the_shell_or_a_program_with_arguments()
    {
        Assert.Equal(["/bin/sh", "-c", "a || b"], Command("a || b"));
        Assert.Equal(["a", "b c"], Command("a", "b c"));
        Assert.Equal(["a"], Command("CMD", "a"));
        Assert.Equal(["/bin/sh", "-c", "a"], Command("CMD-SHELL", "a"));
        Assert.Null(Command("NONE"));
        static IReadOnlyList<string>? Command(params string[] command) => HealthCheckResolver.Resolve(new HealthCheckOptions { Command = command }, null, "app")?.Command;
    }

    [Fact]
    public void What_makes_no_sense_is_refused_before_anything_is_written()
    {
        foreach (var options in (HealthCheckOptions[])
        [
            new() { Http = "8080/", Tcp = "8080" },
            new() { None = true, Tcp = "8080" },
            new() { None = true, Retries = 3 },
            new() { Interval = TimeSpan.FromSeconds(1) },
            new() { Tcp = "8080", Interval = TimeSpan.Zero },
            new() { Tcp = "8080", Timeout = TimeSpan.FromSeconds(-1) },
            new() { Tcp = "8080", Retries = 0 },
            new() { Tcp = "0" },
            new() { Tcp = "70000" },
            new() { Tcp = "example.org:80" },
            new() { Tcp = "127.0.0.1" },
            new() { Http = "http://example.org/" },
            new() { Http = "8080/a b" },
            new() { Http = "8080/", Headers = new Dictionary<string, string> { ["a: b"] = "c" } },
            new() { Http = "8080/", Headers = new Dictionary<string, string> { ["a"] = "b\r\nc: d" } },
            new() { Tcp = "8080", Headers = new Dictionary<string, string> { ["a"] = "b" } },
            new() { Command = ["CMD"] },
            new() { Command = ["a\0b"] },
        ])
        {
            Fails(ErrorReason.InvalidArgument, () => Engine.Create(Target("pause") with { Name = "app", Health = options }));
        }
        Fails(ErrorReason.NotSupported, () => Engine.Create(Target("pause") with { Health = new HealthCheckOptions { Http = "https://127.0.0.1/" } }));
        Assert.Empty(Engine.List());
    }

    [Fact]
    public void A_header_goes_with_the_request()
    {
        var check = HealthCheckResolver.Resolve(new HealthCheckOptions { Http = "80/", Headers = new Dictionary<string, string> { ["Host"] = "example.org" } }, null, "app")!;
        Assert.Equal("example.org", check.Headers["Host"]);
        Assert.Equal("http://127.0.0.1:80/", check.ToString());
    }
}
