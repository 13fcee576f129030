using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Xunit;

namespace ContainerChaos.Target.Tests;

public sealed class FaultTests
{
    [Fact]
    public void Zombies_are_made_and_stay()
    {
        using Service service = Service.Start();
        JsonElement made = service.GetJson("/zombies?n=100");

        Assert.Equal((100, 100, null), (made.GetProperty("requested").GetInt32(), made.GetProperty("created").GetInt32(), made.GetProperty("error").GetString()));
        service.InfoWhere(info => info.GetProperty("zombies").GetInt32() == 100);
    }

    [Fact]
    public void Orphans_leave_no_child_behind_in_a_process_that_is_not_init()
    {
        using Service service = Service.Start();

        Assert.Equal(30, service.GetJson("/orphans?n=30&ms=1").GetProperty("created").GetInt32());
        Assert.Equal(0, service.GetJson("/info").GetProperty("children").GetInt32());
    }

    [Fact]
    public void A_leak_is_resident_memory()
    {
        using Service service = Service.Start();
        Assert.Equal(32 << 20, service.GetJson("/leak?mb=32&wait=1").GetProperty("leakedBytes").GetInt64());

        Assert.InRange(service.GetJson("/info").GetProperty("rssBytes").GetInt64(), 32 << 20, 40 << 20);
    }

    [Fact]
    public void A_leak_keeps_to_its_rate()
    {
        using Service service = Service.Start();
        var clock = Stopwatch.StartNew();
        service.GetJson("/leak?mb=4&rate=10&wait=1");

        Assert.InRange(clock.Elapsed.TotalSeconds, 0.35, 5);
    }

    [Fact]
    public void Requests_are_served_while_a_leak_goes_on()
    {
        using Service service = Service.Start();

        Assert.Equal(HttpStatusCode.Accepted, service.Get("/leak?rate=1").Status);
        service.InfoWhere(info => info.GetProperty("leakedBytes").GetInt64() >= 128 * 1024);
    }

    [Fact]
    public void Descriptors_run_out_and_the_service_goes_on_with_those_it_has()
    {
        using Service service = Service.Start();
        JsonElement opened = service.GetJson("/fds");

        Assert.Equal("EMFILE", opened.GetProperty("error").GetString());
        Assert.Equal("ok\n", service.Get("/healthz").Body);
    }

    [Fact]
    public void Processor_time_is_burnt_by_as_many_threads_as_asked()
    {
        using Service service = Service.Start();
        int threads = service.GetJson("/info").GetProperty("threads").GetInt32();
        service.GetJson("/cpu?threads=2&seconds=0.3");

        Assert.Equal(threads + 2, service.GetJson("/info").GetProperty("threads").GetInt32());
        service.InfoWhere(info => info.GetProperty("burners").GetInt32() == 0);
        // It burns for a time, of which a busy machine gives it a share.
        Assert.InRange(service.GetJson("/info").GetProperty("cpuMs").GetInt64(), 20, 5000);
    }

    [Fact]
    public void A_file_is_filled_to_the_size_asked()
    {
        using Service service = Service.Start();
        string path = Path.Combine(service.Directory, "a b");
        service.GetJson($"/fill?mb=3&path={Uri.EscapeDataString(path)}");

        Assert.Equal(3 << 20, new FileInfo(path).Length);
    }

    [Fact]
    public void A_full_disk_is_reported()
    {
        using Service service = Service.Start();
        (HttpStatusCode status, string body) = service.Get("/fill?mb=1&path=/dev/full");

        Assert.Equal(HttpStatusCode.InsufficientStorage, status);
        Assert.Contains("ENOSPC", body);
    }

    [Fact]
    public void Exit_answers_first()
    {
        using Service service = Service.Start();

        Assert.Equal(HttpStatusCode.OK, service.Get("/exit?code=7").Status);
        Assert.Equal(7, service.Process.WaitForExit());
    }

    [Fact]
    public void A_crash_is_a_death_by_SIGSEGV()
    {
        using Service service = Service.Start();

        Assert.Throws<HttpRequestException>(() => service.Get("/crash"));
        Assert.Equal(128 + 11, service.Process.WaitForExit());
    }

    [Theory]
    [InlineData("/work?ms=-1")]
    [InlineData("/work?ms=1x")]
    [InlineData("/zombies?n=many")]
    [InlineData("/exit?code=256")]
    [InlineData("/leak?mb=NaN")]
    [InlineData("/fill")]
    public void A_bad_parameter_breaks_nothing(string path)
    {
        using Service service = Service.Start();

        Assert.Equal(HttpStatusCode.BadRequest, service.Get(path).Status);
        Assert.Equal("ok\n", service.Get("/healthz").Body);
    }
}
