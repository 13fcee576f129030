using System.Net;
using ContainerChaos.Engine;

namespace ContainerChaos.Scenarios;

/// <summary>What the probes of a trial look at.</summary>
/// <param name="Engine">The engine that made the container.</param>
/// <param name="Id">The container.</param>
/// <param name="EndPoint">Where the load goes.</param>
internal sealed record ProbeSubject(ContainerEngine Engine, string Id, EndPoint EndPoint);
