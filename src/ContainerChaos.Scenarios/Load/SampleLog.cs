namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// The samples of a load, in blocks: one that grows by doubling would stop the generator for milliseconds to copy what it has. One thread adds, others
/// may copy.
/// </summary>
internal sealed class SampleLog
{
    private const int Block = 4096;

    private readonly Lock _lock = new();
    private readonly List<LoadSample[]> _blocks = [];
    private int _used = Block;

    internal void Add(in LoadSample sample)
    {
        lock (_lock)
        {
            if (_used == Block)
            {
                _blocks.Add(GC.AllocateUninitializedArray<LoadSample>(Block));
                _used = 0;
            }

            _blocks[^1][_used++] = sample;
        }
    }

    internal LoadSample[] ToArray()
    {
        lock (_lock)
        {
            var all = new LoadSample[(Math.Max(0, _blocks.Count - 1) * Block) + (_blocks.Count == 0 ? 0 : _used)];
            for (int i = 0; i < _blocks.Count; i++)
                _blocks[i].AsSpan(0, Math.Min(Block, all.Length - (i * Block))).CopyTo(all.AsSpan(i * Block));
            return all;
        }
    }
}
