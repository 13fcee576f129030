using System.Net;

namespace ContainerChaos.Engine;

/// <summary>Where a reference leads: a registry, a repository in it, and a tag.</summary>
internal sealed record RegistryAddress(string Host, string Repository, string Tag)
{
    public static RegistryAddress Of(string normalized)
    {
        var (name, tag) = ImageReference.Split(ImageReference.Qualify(normalized));
        var slash = name.IndexOf('/');
        return new RegistryAddress(name[..slash], name[(slash + 1)..], tag);
    }

    /// <summary>Docker's own registry has another name than its images.</summary>
    public string Authority => Host == "docker.io" ? "registry-1.docker.io" : Host;

    public bool IsLoopback
    {
        get
        {
            var name = Host.StartsWith('[') ? Host[1..Host.IndexOf(']')] : Host.Split(':')[0];
            return name == "localhost" || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
        }
    }

    public override string ToString() => $"{Host}/{Repository}:{Tag}";
}
