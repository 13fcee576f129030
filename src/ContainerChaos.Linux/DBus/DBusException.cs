namespace ContainerChaos.Linux;

/// <summary>A D-Bus peer answered a call with an error.</summary>
/// <param name="member">The method that was called.</param>
/// <param name="name">The error's name, <c>org.freedesktop.systemd1.NoSuchUnit</c> for one.</param>
/// <param name="text">What the peer says about it.</param>
public sealed class DBusException(string member, string name, string text) : Exception($"{member}: {name}: {text}")
{
    /// <summary>The error's name.</summary>
    public string Name { get; } = name;
}
