using System.Text;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class DetachKeyTests
{
    [Theory]
    [InlineData("ctrl-p,ctrl-q", "ab\x10\x11zz", true, "ab")]
    [InlineData("ctrl-p,ctrl-q", "\x10x\x11", false, "\x10x\x11")]
    [InlineData("ctrl-p,ctrl-q", "\x10\x10\x11", true, "\x10")]
    [InlineData("ctrl-a,d", "\x01\x01\x01", false, "\x01\x01")]
    [InlineData("ctrl-\\", "a\x1c", true, "a")]
    [InlineData("~,.", "~~.", true, "~")]
    [InlineData("", "\x10\x11", false, "\x10\x11")]
    public void The_keys_are_found_wherever_they_come_and_others_pass(string keys, string typed, bool isDetached, string passed)
    {
        var whole = new List<byte>();
        Assert.Equal(isDetached, DetachKeys.Parse(keys).Take(Encoding.ASCII.GetBytes(typed), whole));
        Assert.Equal(passed, Encoding.ASCII.GetString([.. whole]));

        var single = new List<byte>();
        var one = DetachKeys.Parse(keys);
        Assert.Equal(isDetached, Encoding.ASCII.GetBytes(typed).Any(key => one.Take([key], single)));
        Assert.Equal(passed, Encoding.ASCII.GetString([.. single]));
    }

    [Theory]
    [InlineData("ctrl-")]
    [InlineData("ctrl-1")]
    [InlineData("alt-x")]
    [InlineData("a,,bc")]
    public void What_is_no_key_is_refused(string keys) => Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => DetachKeys.Parse(keys)).Reason);
}
