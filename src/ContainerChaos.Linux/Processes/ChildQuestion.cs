namespace ContainerChaos.Linux;

/// <summary>What the parent does while a child of a <see cref="ChildProgram"/> waits for it.</summary>
/// <param name="child">The child, which is stopped at the question.</param>
/// <param name="values">What the slots hold that the question names.</param>
public delegate void ChildQuestion(StartedChild child, ReadOnlySpan<long> values);
