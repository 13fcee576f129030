namespace ContainerChaos.Linux;

/// <summary>A variable of a <see cref="ChildProgram"/>: a descriptor or number that one step makes and later ones use.</summary>
/// <param name="Index">Its place among the program's slots.</param>
public readonly record struct ChildSlot(int Index);
