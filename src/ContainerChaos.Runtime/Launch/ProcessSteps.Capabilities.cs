using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The five capability sets of a process (capabilities(7)).</summary>
internal sealed partial class ProcessSteps
{
    /// <summary>The sets as bit masks.</summary>
    private readonly record struct CapabilityMasks(ulong Bounding, ulong Effective, ulong Permitted, ulong Inheritable, ulong Ambient);

    private ulong Available => InUserNamespace ? ulong.MaxValue : OwnCapabilities.Permitted;

    /// <summary>
    /// What of the sets can be granted; the rest is a warning (runtime-spec, config: capabilities). The kernel would refuse
    /// all of them for one that this process lacks, that is effective but not permitted, inheritable but not in the bounding
    /// set, or ambient but not both permitted and inheritable.
    /// </summary>
    private CapabilityMasks Granted()
    {
        var sets = _process.Capabilities ?? new CapabilitiesSpec();
        var bounding = Capabilities.Mask(sets.Bounding);
        var permitted = Capabilities.Mask(sets.Permitted) & Available;
        var effective = Capabilities.Mask(sets.Effective) & permitted;
        var inheritable = Capabilities.Mask(sets.Inheritable) & Available & bounding;
        var ambient = Capabilities.Mask(sets.Ambient) & permitted & inheritable;
        Report("effective", sets.Effective, effective, "the capability is not permitted, or this process lacks it");
        Report("inheritable", sets.Inheritable, inheritable, "the capability is not in the bounding set, or this process lacks it");
        if (Warn is not null)
        {
            foreach (var name in Capabilities.Names(Capabilities.Mask(sets.Ambient) & ~ambient))
                Warn($"process.capabilities.ambient: can't raise ambient capability {name}: it is not both permitted and inheritable.");
        }
        return new CapabilityMasks(bounding, effective, permitted, inheritable, ambient);

        void Report(string set, IReadOnlyList<string> asked, ulong granted, string why)
        {
            if (Warn is not null && (Capabilities.Mask(asked) & ~granted) is not 0 and var missing)
                Warn($"process.capabilities.{set}: {string.Join(", ", Capabilities.Names(missing))} not granted: {why}.");
        }
    }

    private void LimitCapabilities(ulong bounding)
    {
        const int PR_CAPBSET_DROP = 24;
        for (var capability = 0; capability < Capabilities.Count; capability++)
        {
            // EINVAL: one that this kernel does not know.
            if ((bounding & (1UL << capability)) == 0)
                _program.Call("drop a capability from the bounding set", SystemCallNumber.prctl, PR_CAPBSET_DROP, capability, 0, 0, 0).Tolerating(Errno.EINVAL);
        }
    }

    private void SetCapabilities(CapabilityMasks masks)
    {
        const int PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_RAISE = 2;
        SetCapabilities(masks.Effective, masks.Permitted, masks.Inheritable);
        for (var capability = 0; capability < Capabilities.Count; capability++)
        {
            if ((masks.Ambient & (1UL << capability)) != 0)
                _program.Call("raise an ambient capability", SystemCallNumber.prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
        }
    }

    private void SetCapabilities(ulong effective, ulong permitted, ulong inheritable)
    {
        const uint _LINUX_CAPABILITY_VERSION_3 = 0x20080522;
        var data = _program.Array((uint)effective, (uint)permitted, (uint)inheritable, (uint)(effective >> 32), (uint)(permitted >> 32), (uint)(inheritable >> 32));
        _program.Call("set the capabilities", SystemCallNumber.capset, _program.Array(_LINUX_CAPABILITY_VERSION_3, 0u), data);
    }
}
