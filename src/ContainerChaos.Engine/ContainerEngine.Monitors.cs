using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Where a container stands now. A state that calls it active is only believed of a live monitor; a dead one is replaced first.</summary>
    /// <returns>Null when the container has been removed.</returns>
    private ContainerState? Refresh(ContainerDefinition definition) => _store.TryReadState(definition.Id);
}
