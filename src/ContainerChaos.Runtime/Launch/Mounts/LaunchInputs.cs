using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Descriptors that the parent opens before each start and the child inherits: what only the parent may open.</summary>
internal sealed class LaunchInputs
{
    /// <summary>What a slot holds when the parent could not open it either.</summary>
    internal const int Absent = -1;

    private readonly ChildProgram _program;
    private readonly List<(ChildSlot Slot, Func<FileDescriptor?> Open)> _inputs = [];

    internal LaunchInputs(ChildProgram program) => _program = program;

    /// <summary>Adds one.</summary>
    /// <param name="open">Opens it; null when that is not possible.</param>
    internal ChildSlot Add(Func<FileDescriptor?> open)
    {
        var slot = _program.NewSlot();
        _inputs.Add((slot, open));
        return slot;
    }

    /// <summary>Opens all of them.</summary>
    internal Opened Open()
    {
        var opened = new Opened();
        try
        {
            foreach (var (slot, open) in _inputs)
                opened.Add(slot, open());
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>The descriptors of one start; the child has copies, so these are closed when it was cloned.</summary>
    internal sealed class Opened : IDisposable
    {
        private readonly List<FileDescriptor> _descriptors = [];
        private readonly List<(ChildSlot Slot, int Value)> _values = [];

        /// <summary>The slots and what they begin with.</summary>
        internal IEnumerable<(ChildSlot Slot, int Value)> Values => _values;

        /// <inheritdoc/>
        public void Dispose()
        {
            foreach (var descriptor in _descriptors)
                descriptor.Dispose();
        }

        internal void Add(ChildSlot slot, FileDescriptor? descriptor)
        {
            if (descriptor is not null)
                _descriptors.Add(descriptor);
            _values.Add((slot, descriptor?.Number ?? Absent));
        }
    }
}
