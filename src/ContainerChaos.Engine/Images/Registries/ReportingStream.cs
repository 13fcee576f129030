namespace ContainerChaos.Engine;

/// <summary>Says how far it has been read. The stream behind it stays open, since an upload may begin again.</summary>
internal sealed class ReportingStream(Stream inner, Action<long> report) : ForwardStream
{
    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        report(inner.Position);
        return count;
    }
}
