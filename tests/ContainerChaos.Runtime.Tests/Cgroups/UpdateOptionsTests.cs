namespace ContainerChaos.Runtime.Tests;

public sealed class UpdateOptionsTests
{
    [Theory]
    [InlineData("67108864", 67108864)]
    [InlineData("50M", 50L << 20)]
    [InlineData("50mb", 50L << 20)]
    [InlineData("50MiB", 50L << 20)]
    [InlineData("1.5g", 3L << 29)]
    [InlineData("7k", 7168)]
    [InlineData("12b", 12)]
    [InlineData("9007199254740993", 9007199254740993)]
    [InlineData("-1", -1)]
    public void Sizes_are_read_as_other_runtimes_read_them(string text, long bytes) => Assert.Equal(bytes, UpdateOptions.Size("--memory", text));

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("-5")]
    [InlineData("5x")]
    [InlineData("99999999p")]
    public void What_is_no_size_is_refused_by_the_option_s_name(string text) =>
        Assert.StartsWith("--memory: ", Assert.Throws<ContainerException>(() => UpdateOptions.Size("--memory", text)).Message);

    [Fact]
    public void Options_are_gathered_into_resources()
    {
        var options = new UpdateOptions();
        Set("--cpu-share", "512");
        Set("--cpu-quota", "-1");
        Set("--memory", "64M");
        Set("--pids-limit", "-1");
        Set("--cpuset-cpus", "0-1");

        var resources = options.ToResources();
        Assert.Equal((512UL, -1L, "0-1"), (resources.Cpu!.Shares!.Value, resources.Cpu.Quota!.Value, resources.Cpu.Cpus));
        Assert.Equal(64 << 20, resources.Memory!.Limit);
        Assert.Equal(-1, resources.Pids!.Limit);
        Assert.Null(resources.Memory.Swap);
        Assert.Equal(ErrorReason.NotSupported, Assert.Throws<ContainerException>(() => Set("--l3-cache-schema", "L3:0=f")).Reason);
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => Set("--cpu-share", "some")).Reason);

        void Set(string name, string value) => options.All.First(option => option.Names.Split('|').Contains(name)).Set(value);
    }

    [Fact]
    public void A_file_replaces_the_options_and_its_names_may_be_of_any_case()
    {
        using var root = new TestRoot();
        var file = Path.Combine(root.Directory, "limits.json");
        File.WriteAllText(file, """{ "CPU": { "Cpus": "1" }, "pids": { "limit": 20 } }""");
        var resources = new UpdateOptions { File = file }.ToResources();
        Assert.Equal(("1", 20L), (resources.Cpu!.Cpus, resources.Pids!.Limit!.Value));
        Assert.Contains("no such file", Assert.Throws<ContainerException>(() => new UpdateOptions { File = file + "x" }.ToResources()).Message);
    }
}
