using System.Net;
using System.Text;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>DNS messages as a container may send them, well formed or not.</summary>
public sealed class DnsMessageTests
{
    private static byte[] Query(string name, ushort type) =>
    [
        0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0,
        .. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0,
        (byte)(type >> 8), (byte)type, 0, 1,
    ];

    [Fact]
    public void A_question_is_read_in_lower_case_and_answered_by_its_own_name()
    {
        var query = Query("Web.Shop", DnsMessage.A);
        Assert.True(DnsMessage.TryReadQuestion(query, out var name, out var type, out var end));
        Assert.Equal(("web.shop", DnsMessage.A, query.Length), (name, type, end));

        var answer = DnsMessage.Answer(query, end, DnsMessage.NoError, (DnsMessage.A, [172, 18, 0, 2]));
        Assert.Equal([0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], answer[..12]);
        Assert.Equal([0xC0, 12, 0, 1, 0, 1, 0, 0, 2, 88, 0, 4, 172, 18, 0, 2], answer[end..]);
    }

    [Theory]
    [InlineData("4.3.2.1.in-addr.arpa", "1.2.3.4")]
    [InlineData("2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", "fd00::2")]
    [InlineData("3.2.1.in-addr.arpa", null)]
    [InlineData("x.3.2.1.in-addr.arpa", null)]
    [InlineData("web", null)]
    public void A_reverse_name_is_an_address(string name, string? address) =>
        Assert.Equal(address is null ? null : IPAddress.Parse(address), DnsMessage.TryReadReverse(name));

    [Fact]
    public void What_is_no_question_is_refused_whatever_its_bytes()
    {
        var query = Query("web", DnsMessage.A);
        for (var length = 0; length < query.Length; length++)
            Assert.False(DnsMessage.TryReadQuestion(query.AsSpan(0, length), out _, out _, out _));
        foreach (var (index, value) in new[] { (2, 0x80), (2, 0x08), (5, 2), (5, 0), (12, 0xC0), (12, 0x7F), (query.Length - 1, 3) })
        {
            var changed = query.ToArray();
            changed[index] = (byte)value;
            Assert.False(DnsMessage.TryReadQuestion(changed, out _, out _, out _));
        }
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = Query("a.bc", DnsMessage.Aaaa);
            for (var change = 0; change < 3; change++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (DnsMessage.TryReadQuestion(bytes, out var name, out _, out var end))
            {
                DnsMessage.TryReadReverse(name);
                Assert.InRange(end, 17, bytes.Length);
            }
        }
    }
}
