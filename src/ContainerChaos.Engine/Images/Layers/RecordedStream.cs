namespace ContainerChaos.Engine;

/// <summary>The content of one file of a layer, recorded as it is read.</summary>
internal sealed class RecordedStream(LayerRecorder recorder, string path, RecordedStream.Reader read) : ForwardStream
{
    public delegate int Reader(Span<byte> buffer);

    public override int Read(Span<byte> buffer)
    {
        var count = read(buffer);
        if (count > 0)
            recorder.Payload(path, buffer[..count]);
        return count;
    }
}
