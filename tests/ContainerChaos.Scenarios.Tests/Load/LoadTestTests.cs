using System.Collections;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Load;

public sealed class LoadTestTests
{
    private static readonly ScenarioLoad s_basis = new("/orders", new ConstantArrivals(200), TimeSpan.FromSeconds(5));

    [Theory]
    [InlineData("http://127.0.0.1:8080/orders", null, "127.0.0.1:8080")]
    [InlineData("http://shop.example/orders", "/run/shop.sock", "shop.example")]
    public void A_load_goes_where_the_URI_or_the_socket_says_and_calls_the_host_by_its_name(string uri, string? socket, string host)
    {
        LoadOptions options = LoadTest.OptionsOf(s_basis, new Uri(uri), socket);
        Assert.Equal(socket is null ? new IPEndPoint(IPAddress.Loopback, 8080) : new UnixDomainSocketEndPoint(socket), options.EndPoint);
        Assert.StartsWith($"GET /orders HTTP/1.1\r\nHost: {host}\r\n", Encoding.ASCII.GetString(Assert.Single(RequestBytes.Of(options))));
    }

    [Fact]
    public void It_lasts_as_long_as_it_is_told_to_or_until_it_is_cancelled()
    {
        using var server = new TestServer();
        LoadOptions options = s_basis.To(server.EndPoint);
        LoadResult result = LoadTest.Run(options, TimeSpan.FromMilliseconds(300), (_, _, _) => { }, CancellationToken.None);
        Assert.True(result.Samples.Count >= 59 && result.Duration >= TimeSpan.FromMilliseconds(295), $"{result.Samples.Count} in {result.Duration}");
        Assert.True(result.P50 > TimeSpan.Zero && result.P99 <= result.Longest, $"{result.P50}, {result.P99}, {result.Longest}");
        using var cancelled = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => LoadTest.Run(options, TimeSpan.FromHours(1), (_, _, _) => cancelled.Cancel(), cancelled.Token));
    }

    [Fact]
    public void A_table_says_of_the_load_what_differs_from_its_basis()
    {
        ScenarioLoad load = ScenarioTable.ReadLoad(new Hashtable { ["arrivals"] = "poisson", ["thresholds"] = "failed < 5%" }, value => value, s_basis);
        Assert.Equal(("poisson", 200, "/orders", 1), (load.Arrivals.Name, load.Rate, load.Path, load.Thresholds.Count));
        Assert.Throws<ScenarioFileException>(() => ScenarioTable.ReadLoad(new Hashtable { ["speed"] = 1 }, value => value, s_basis));
    }
}
