namespace ContainerChaos.PowerShell;

/// <summary>One container that a cmdlet was pointed at.</summary>
/// <param name="Name">Its name: for messages, <c>-WhatIf</c> and errors.</param>
/// <param name="Id">Its id: what the engine is asked for, since a name can belong to another container a moment later.</param>
internal sealed record ContainerTarget(string Name, string Id);
