using System.Text.Json;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What the commands write as JSON is read by others: checked with the library's reader, which had no part in it.</summary>
public class JsonTextTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("\" \\ / \b \f \n \r \t \0 \u001f \u007f")]
    [InlineData("späße 😀 <>&'+")]
    public void Any_text_comes_back(string text)
    {
        var json = new JsonText(indented: false).Object(o => o.Add(text, text)).ToBytes();

        var property = Assert.Single(JsonDocument.Parse(json).RootElement.EnumerateObject());

        Assert.Equal((text, text), (property.Name, property.Value.GetString()));
    }

    [Fact]
    public void Lists_objects_numbers_and_times_have_their_form()
    {
        var time = new DateTimeOffset(2026, 11, 22, 5, 6, 7, TimeSpan.FromHours(2)).AddTicks(1234567);

        void Write(JsonText json) => json
            .Add("negative", -1L).Add("largest", ulong.MaxValue).Add("yes", true).Add("absent", (string?)null).Add("time", time)
            .Object(_ => { }, "empty").List(list => list.Add(null, "a").Object(o => o.Add("b", 2L)), "list");

        const string expected = """{"negative":-1,"largest":18446744073709551615,"yes":true,"time":"2026-11-22T03:06:07.1234567Z","empty":{},"list":["a",{"b":2}]}""";
        Assert.Equal(expected, new JsonText(indented: false).Object(Write).ToString());
        var indented = new JsonText(indented: true).Object(Write).ToString();
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(expected), new JsonSerializerOptions { WriteIndented = true }), indented);
    }

    [Fact]
    public void A_container_s_record_comes_back_whole()
    {
        var record = new ContainerRecord
        {
            Id = "id",
            Bundle = "/a \"bundle\"",
            Rootfs = "/root",
            Owner = "nobody",
            Created = new DateTimeOffset(2026, 11, 22, 5, 6, 7, TimeSpan.Zero).AddTicks(1),
            Pid = 42,
            StartTime = ulong.MaxValue,
            Cgroup = new CgroupRecord { Driver = CgroupDriver.Systemd, Path = "/p", IsMade = true, MadeAbove = new Dictionary<string, int> { ["/sys/fs/cgroup/CPU"] = 2 }, Unit = "u.scope" },
            ExternalDescriptors = """["/dev/null","pipe:[1]",""]""",
        };

        var read = ContainerRecord.Parse(record.ToBytes(), "status");

        Assert.Equal(record.Cgroup.MadeAbove, read.Cgroup!.MadeAbove);
        Assert.Equal(record with { Cgroup = null }, read with { Cgroup = null });
        Assert.Equal(record.Cgroup with { MadeAbove = read.Cgroup.MadeAbove }, read.Cgroup);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"pid": "x"}""")]
    [InlineData("""{"created": "yesterday"}""")]
    [InlineData("""{"cgroup": {"madeAbove": {"/x": null}}}""")]
    public void A_damaged_record_is_named(string content) =>
        Assert.Contains("status", Assert.Throws<ContainerException>(() => ContainerRecord.Parse(System.Text.Encoding.UTF8.GetBytes(content), "status")).Message, StringComparison.Ordinal);
}
