using System.Text;

namespace ContainerChaos.Runtime.Tests.Notify;

/// <summary>Which part of a service's message gets out of its container (sd_notify(3)).</summary>
public sealed class NotifyMessageTests
{
    [Theory]
    [InlineData("READY=1", "READY=1", true)]
    [InlineData("READY=1\nSTATUS=50 % of März\n", "READY=1\nSTATUS=50 % of März", true)]
    [InlineData("STOPPING=1\nERRNO=2", "STOPPING=1\nERRNO=2", false)]
    [InlineData("RELOADING=1\nMONOTONIC_USEC=123", "RELOADING=1\nMONOTONIC_USEC=123", false)]
    [InlineData("WATCHDOG=1\nEXTEND_TIMEOUT_USEC=5000", "WATCHDOG=1\nEXTEND_TIMEOUT_USEC=5000", false)]
    // A process, a descriptor, who else may speak, when to be killed: not the container's to say.
    [InlineData("MAINPID=1\nREADY=1", "READY=1", true)]
    [InlineData("FDSTORE=1\nFDNAME=x\nFDPOLL=0\nFDSTOREREMOVE=1\nBARRIER=1\nNOTIFYACCESS=all\nWATCHDOG_USEC=1\nWATCHDOG=trigger\nBUSERROR=a\nX_OWN=1", "", false)]
    [InlineData("READY=0\nREADY=1 \nready=1\nREADY", "", false)]
    [InlineData("ERRNO=\nERRNO=2x\nMONOTONIC_USEC=-1", "", false)]
    // What is shown on a terminal.
    [InlineData("STATUS=\u001b[31mred", "", false)]
    [InlineData("STATUS=a\u0000b", "", false)]
    [InlineData("STATUS=a=b", "STATUS=a=b", false)]
    [InlineData("", "", false)]
    public void Only_safe_fields_are_kept(string message, string kept, bool isReady)
    {
        Assert.Equal(kept, NotifyMessage.Filter(Encoding.UTF8.GetBytes(message), out var said));
        Assert.Equal(isReady, said);
    }

    [Fact]
    public void What_is_not_UTF_8_is_dropped() => Assert.Equal("", NotifyMessage.Filter([.. "READY=1\nSTATUS="u8, 0xFF], out _));
}
