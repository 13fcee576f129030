using System.Text;
using System.Text.Json.Nodes;

namespace ContainerChaos.Runtime.Tests;

/// <summary>What the runtime-spec calls an error is one, named by the field's path, before anything of a container exists.</summary>
public sealed class SpecValidationTests
{
    /// <summary>Nothing special, and valid.</summary>
    private const string Minimal = """
        {
          "ociVersion": "1.0.0",
          "process": { "args": ["a"], "cwd": "/" },
          "root": { "path": "rootfs" },
          "linux": { "namespaces": [{ "type": "mount" }, { "type": "uts" }, { "type": "ipc" }, { "type": "network" }, { "type": "user" }, { "type": "time" }] }
        }
        """;

    [Fact]
    public void A_minimal_specification_passes() => Assert.Empty(Check(Minimal));

    [Fact]
    public void A_container_without_a_process_can_be_created() => Assert.Empty(Check(With("process", "null")));

    /// <summary>Property, value, message. An absent value takes the property away.</summary>
    public static TheoryData<string, string?, string> Errors => new()
    {
        { "ociVersion", null, "ociVersion: it is missing." },
        { "ociVersion", "\"\"", "ociVersion: it is missing." },
        { "ociVersion", "\"1.0\"", "ociVersion: '1.0' is not a version" },
        { "ociVersion", "\"1.0.x\"", "ociVersion: '1.0.x' is not a version" },
        { "ociVersion", "\"01.0.0\"", "ociVersion: '01.0.0' is not a version" },
        { "ociVersion", "\"1.0.0-\"", "ociVersion: '1.0.0-' is not a version" },
        { "ociVersion", "\"1.0.0+é\"", "ociVersion: '1.0.0+é' is not a version" },
        { "ociVersion", "\"2.0.0\"", "ociVersion: '2.0.0' is not supported" },
        { "ociVersion", "\"0.9.0\"", "ociVersion: '0.9.0' is not supported" },
        { "root", null, "root: it must be specified." },
        { "root.path", null, "root.path: it is missing." },
        { "process.args", null, "process.args: it must not be empty." },
        { "process.args", "[]", "process.args: it must not be empty." },
        { "process.args", "[\"a\",null]", "process.args[1]: it is null." },
        { "process.env", "[null]", "process.env[0]: it is null." },
        { "process.cwd", null, "process.cwd: it must not be empty." },
        { "process.cwd", "\"srv\"", "process.cwd: 'srv' is not an absolute path." },
        { "process.rlimits", """[{"type":"RLIMIT_X","soft":1,"hard":1}]""", "process.rlimits[0].type: 'RLIMIT_X' is no known resource limit" },
        { "process.rlimits", """[{"soft":1,"hard":1}]""", "process.rlimits[0].type: it is missing" },
        { "process.rlimits", """[{"type":"RLIMIT_CPU","soft":1,"hard":1},{"type":"RLIMIT_CPU","soft":1,"hard":1}]""", "process.rlimits[1].type: RLIMIT_CPU is there twice." },
        { "process.rlimits", """[{"type":"RLIMIT_CPU","soft":2,"hard":1}]""", "process.rlimits[0].soft: 2 is more than the hard limit, 1." },
        { "process.rlimits", "[null]", "process.rlimits[0]: it is null." },
        { "process.capabilities", """{"bounding":[null]}""", "process.capabilities.bounding[0]: it is null." },
        { "process.oomScoreAdj", "1001", "process.oomScoreAdj: 1001 is not between -1000 and 1000." },
        { "process.oomScoreAdj", "-1001", "process.oomScoreAdj: -1001 is not between -1000 and 1000." },
        { "process.scheduler", "{}", "process.scheduler.policy: it is missing" },
        { "process.scheduler", """{"policy":"SCHED_X"}""", "process.scheduler.policy: 'SCHED_X' is no known policy" },
        { "process.scheduler", """{"policy":"SCHED_ISO"}""", "process.scheduler.policy: SCHED_ISO is reserved" },
        { "process.scheduler", """{"policy":"SCHED_OTHER","nice":20}""", "process.scheduler.nice: 20 is not between -20 and 19." },
        { "process.scheduler", """{"policy":"SCHED_OTHER","priority":1}""", "process.scheduler.priority: only SCHED_FIFO and SCHED_RR have a priority." },
        { "process.scheduler", """{"policy":"SCHED_FIFO","priority":100}""", "process.scheduler.priority: 100 is not between 1 and 99." },
        { "process.scheduler", """{"policy":"SCHED_RR"}""", "process.scheduler.priority: 0 is not between 1 and 99." },
        { "process.scheduler", """{"policy":"SCHED_IDLE","flags":["X"]}""", "process.scheduler.flags[0]: 'X' is no known flag" },
        { "process.scheduler", """{"policy":"SCHED_IDLE","runtime":5}""", "process.scheduler: only SCHED_DEADLINE has a runtime" },
        { "process.scheduler", """{"policy":"SCHED_DEADLINE","deadline":5000}""", "process.scheduler.runtime: sched_setattr: `SCHED_DEADLINE` requires `runtime`." },
        { "process.scheduler", """{"policy":"SCHED_DEADLINE","runtime":5000}""", "process.scheduler.deadline: sched_setattr: `SCHED_DEADLINE` requires `deadline`." },
        { "process.scheduler", """{"policy":"SCHED_DEADLINE","runtime":0,"deadline":5000}""", "process.scheduler.runtime: sched_setattr: `SCHED_DEADLINE` runtime must be greater than 0." },
        { "process.scheduler", """{"policy":"SCHED_DEADLINE","runtime":1023,"deadline":5000}""", "process.scheduler.runtime: sched_setattr: `SCHED_DEADLINE` runtime 1023 must be between " },
        { "process.scheduler", """{"policy":"SCHED_DEADLINE","runtime":6000,"deadline":5000}""", "process.scheduler.runtime: sched_setattr: `SCHED_DEADLINE` runtime 6000 must be <= deadline 5000." },
        { "process.scheduler", """{"policy":"SCHED_DEADLINE","runtime":4000,"deadline":5000,"period":4500}""", "process.scheduler.deadline: sched_setattr: `SCHED_DEADLINE` deadline 5000 must be <= period 4500." },
        { "process.ioPriority", """{"priority":1}""", "process.ioPriority.class: it is missing" },
        { "process.ioPriority", """{"class":"X"}""", "process.ioPriority.class: 'X' is no known class" },
        { "process.ioPriority", """{"class":"IOPRIO_CLASS_BE","priority":8}""", "process.ioPriority.priority: 8 is not between 0 and 7." },
        { "process.execCPUAffinity", """{"initial":"x"}""", "process.execCPUAffinity.initial: 'x' is not a list of CPUs" },
        { "process.execCPUAffinity", """{"final":"3-1"}""", "process.execCPUAffinity.final: '3-1' is not a list of CPUs" },
        { "process.execCPUAffinity", """{"final":"99999"}""", "process.execCPUAffinity.final: '99999' is not a list of CPUs" },
        { "mounts", "[{}]", "mounts[0].destination: it is missing." },
        { "mounts", "[null]", "mounts[0]: it is null." },
        { "mounts", """[{"destination":"/a","options":["ro",null]}]""", "mounts[0].options[1]: it is null." },
        { "mounts", """[{"destination":"/a","uidMappings":[{"size":1}]}]""", "mounts[0].gidMappings: it is missing; uidMappings and gidMappings come together." },
        { "mounts", """[{"destination":"/a","gidMappings":[{"size":1}]}]""", "mounts[0].uidMappings: it is missing" },
        { "hooks", """{"prestart":[{}]}""", "hooks.prestart[0].path: it is missing." },
        { "hooks", """{"createRuntime":[{"path":"/a"},{"path":"a"}]}""", "hooks.createRuntime[1].path: 'a' is not an absolute path." },
        { "hooks", """{"createContainer":[{"path":"/a","timeout":0}]}""", "hooks.createContainer[0].timeout: 0 is not greater than zero." },
        { "hooks", """{"startContainer":[{"path":"/a","timeout":-1}]}""", "hooks.startContainer[0].timeout: -1 is not greater than zero." },
        { "hooks", """{"poststart":[{"path":"/a","env":[null]}]}""", "hooks.poststart[0].env[0]: it is null." },
        { "hooks", """{"poststop":[null]}""", "hooks.poststop[0]: it is null." },
        { "annotations", """{"":"x"}""", "annotations: an empty key." },
        { "annotations", """{"a":null}""", "annotations.a: it is null." },
        { "linux.namespaces[0].type", null, "linux.namespaces[0].type: it is missing" },
        { "linux.namespaces[0].type", "\"x\"", "linux.namespaces[0].type: 'x' is no known type of namespace" },
        { "linux.namespaces[1].type", "\"mount\"", "linux.namespaces[1].type: there are two mount namespaces." },
        { "linux.namespaces[1].path", "\"proc/1/ns/uts\"", "linux.namespaces[1].path: 'proc/1/ns/uts' is not an absolute path." },
        { "hostname", "\"12345678901234567890123456789012345678901234567890123456789012345\"", "hostname: it is longer than 64 bytes." },
        { "linux.uidMappings", """[{"size":0}]""", "linux.uidMappings[0].size: it must be greater than zero." },
        { "linux.gidMappings", """[{"containerID":4294967295,"size":1}]""", "linux.gidMappings[0].size: the range 4294967295+1 goes beyond the last id." },
        { "linux.gidMappings", """[{"hostID":4294967000,"size":1000}]""", "linux.gidMappings[0].size: the range 4294967000+1000 on the host goes beyond the last id." },
        { "linux.uidMappings", """[{"size":5},{"containerID":4,"hostID":9,"size":5}]""", "linux.uidMappings[1]: it overlaps with linux.uidMappings[0]." },
        { "linux.timeOffsets", """{"realtime":{"secs":1}}""", "linux.timeOffsets.realtime: 'realtime' is not a clock" },
        { "linux.timeOffsets", """{"boottime":{"nanosecs":1000000000}}""", "linux.timeOffsets.boottime.nanosecs: 1000000000 is not between 0 and 999999999." },
        { "linux.devices", """[{"path":"/dev/a","type":"x"}]""", "linux.devices[0].type: 'x' is no known type of device" },
        { "linux.devices", """[{"path":"dev/a","type":"c"}]""", "linux.devices[0].path: 'dev/a' is not an absolute path." },
        { "linux.devices", """[{"path":"/dev/a","type":"c","major":-1}]""", "linux.devices[0].major: -1 is not between 0 and 4095." },
        { "linux.devices", """[{"path":"/dev/a","type":"b","minor":1048576}]""", "linux.devices[0].minor: 1048576 is not between 0 and 1048575." },
        { "linux.netDevices", """{"eth/0":{}}""", "linux.netDevices.eth/0: invalid network device name 'eth/0'." },
        { "linux.netDevices", """{"eth0":{"name":"abcdefghijklmnop"}}""", "linux.netDevices.eth0.name: invalid network device name 'abcdefghijklmnop'." },
        { "linux.netDevices", """{"eth0":{"name":"x"},"eth1":{"name":"x"}}""", "linux.netDevices.eth1.name: two interfaces are to be called 'x'." },
        { "linux.netDevices", """{"eth0":null}""", "linux.netDevices.eth0: it is null." },
        { "linux.sysctl", """{"kernel.foo":"1"}""", "linux.sysctl.kernel.foo: it is not in a separate kernel namespace." },
        { "linux.sysctl", """{"vm.swappiness":"1"}""", "linux.sysctl.vm.swappiness: it is not in a separate kernel namespace." },
        { "linux.sysctl", """{"net..core":"1"}""", "linux.sysctl.net..core: it is not a kernel parameter." },
        { "linux.sysctl", """{"net/../kernel/core_pattern":"|/x"}""", "linux.sysctl.net/../kernel/core_pattern: it is not" },
        { "linux.sysctl", """{"net.ipv4./../../kernel.core_pattern":"|/x"}""", "linux.sysctl.net.ipv4./../../kernel.core_pattern: it is not a kernel parameter." },
        { "linux.sysctl", """{"kernel.hostname":"x"}""", "linux.sysctl.kernel.hostname: it conflicts with the field hostname" },
        { "linux.rootfsPropagation", "\"none\"", "linux.rootfsPropagation: 'none' is no known propagation" },
        { "linux.maskedPaths", """["/a","b"]""", "linux.maskedPaths[1]: 'b' is not an absolute path." },
        { "linux.readonlyPaths", """[""]""", "linux.readonlyPaths[0]: it is missing." },
        { "linux.personality", """{"domain":"BSD"}""", "linux.personality.domain: 'BSD' is no known domain" },
        { "linux.memoryPolicy", "{}", "linux.memoryPolicy.mode: invalid memory policy mode ''" },
        { "linux.memoryPolicy", """{"mode":"BIND"}""", "linux.memoryPolicy.mode: invalid memory policy mode 'BIND'" },
        { "linux.memoryPolicy", """{"mode":"MPOL_BIND"}""", "linux.memoryPolicy.nodes: invalid memory policy nodes: the mode requires at least one node but got 0." },
        { "linux.memoryPolicy", """{"mode":"MPOL_LOCAL","nodes":"0-7"}""", "linux.memoryPolicy.nodes: invalid memory policy nodes: the mode requires 0 nodes but got 8." },
        { "linux.memoryPolicy", """{"mode":"MPOL_BIND","nodes":"0-9876543210"}""", "linux.memoryPolicy.nodes: invalid memory policy nodes '0-9876543210'" },
        { "linux.memoryPolicy", """{"mode":"MPOL_BIND","nodes":"0","flags":["X"]}""", "linux.memoryPolicy.flags[0]: invalid memory policy flag 'X'" },
        { "linux.memoryPolicy", """{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_STATIC_NODES","MPOL_F_RELATIVE_NODES"]}""", "linux.memoryPolicy.flags: invalid memory policy flags" },
        { "linux.intelRdt", """{"closID":"a/b"}""", "linux.intelRdt.closID: 'a/b' is not the name" },
        { "linux.intelRdt", """{"schemata":["a\nb"]}""", "linux.intelRdt.schemata[0]: it holds a line break." },
        { "linux.intelRdt", """{"memBwSchema":"L3:0=1"}""", "linux.intelRdt.memBwSchema: it must start with 'MB:'" },
        { "linux.resources.memory", """{"limit":-2}""", "linux.resources.memory.limit: -2 is negative" },
        { "linux.resources.memory", """{"limit":100,"swap":50}""", "linux.resources.memory.swap: 50 is memory and swap together, and less than" },
        { "linux.resources.memory", """{"swappiness":101}""", "linux.resources.memory.swappiness: 101 is not between 0 and 100." },
        { "linux.resources.cpu", """{"idle":2}""", "linux.resources.cpu.idle: 2 is not between 0 and 1." },
        { "linux.resources.cpu", """{"cpus":"a"}""", "linux.resources.cpu.cpus: 'a' is not a list" },
        { "linux.resources.cpu", """{"mems":"0,9999"}""", "linux.resources.cpu.mems: '0,9999' is not a list" },
        { "linux.resources.cpu", """{"quota":100,"burst":101}""", "linux.resources.cpu.burst: 101 is more than the quota, 100." },
        { "linux.resources.blockIO", """{"weight":9}""", "linux.resources.blockIO.weight: 9 is not between 10 and 1000." },
        { "linux.resources.blockIO", """{"weightDevice":[{"major":8,"minor":0}]}""", "linux.resources.blockIO.weightDevice[0]: neither weight nor leafWeight is given." },
        { "linux.resources.blockIO", """{"throttleReadBpsDevice":[{"major":-1}]}""", "linux.resources.blockIO.throttleReadBpsDevice[0].major: -1 is not between" },
        { "linux.resources.hugepageLimits", """[{"pageSize":"2 MB"}]""", "linux.resources.hugepageLimits[0].pageSize: '2 MB' is not a size" },
        { "linux.resources.hugepageLimits", """[{"pageSize":"02MB"}]""", "linux.resources.hugepageLimits[0].pageSize: '02MB' is not a size" },
        { "linux.resources.devices", """[{"allow":true,"type":"x"}]""", "linux.resources.devices[0].type: 'x' is no known type of device" },
        { "linux.resources.devices", """[{"allow":true,"access":"rx"}]""", "linux.resources.devices[0].access: 'rx' holds something else" },
        { "linux.resources.rdma", """{"mlx":{}}""", "linux.resources.rdma.mlx: neither hcaHandles nor hcaObjects is given." },
        { "linux.resources.unified", """{"../x":"1"}""", "linux.resources.unified.../x: it is not the name of a file in a control group." },
        { "linux.seccomp", """{"defaultAction":"X"}""", "linux.seccomp.defaultAction: 'X' is no known action" },
        { "linux.seccomp", """{"syscalls":[{"names":["a"],"action":"SCMP_ACT_ALLOW"}]}""", "linux.seccomp.defaultAction: it is missing" },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_NOTIFY"}""", "linux.seccomp.defaultAction: SCMP_ACT_NOTIFY cannot be used as default action" },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","defaultErrnoRet":1}""", "linux.seccomp.defaultErrnoRet: SCMP_ACT_ALLOW has no error number." },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","architectures":["X"]}""", "linux.seccomp.architectures[0]: 'X' is no known architecture" },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","flags":["X"]}""", "linux.seccomp.flags[0]: 'X' is no known flag" },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","listenerMetadata":"x"}""", "linux.seccomp.listenerMetadata: it must not be set without listenerPath." },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"action":"SCMP_ACT_KILL"}]}""", "linux.seccomp.syscalls[0].names: it must not be empty." },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["a"],"action":"X"}]}""", "linux.seccomp.syscalls[0].action: 'X' is no known action" },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["a"],"action":"SCMP_ACT_KILL","errnoRet":1}]}""", "linux.seccomp.syscalls[0].errnoRet: SCMP_ACT_KILL has no error number." },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["a"],"action":"SCMP_ACT_NOTIFY"}]}""", "linux.seccomp.syscalls[0].action: SCMP_ACT_NOTIFY needs linux.seccomp.listenerPath." },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"/a","syscalls":[{"names":["write"],"action":"SCMP_ACT_NOTIFY"}]}""", "linux.seccomp.syscalls[0].names: SCMP_ACT_NOTIFY cannot be used for the write syscall" },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["a"],"action":"SCMP_ACT_KILL","args":[{"index":6,"op":"SCMP_CMP_EQ"}]}]}""", "linux.seccomp.syscalls[0].args[0].index: 6 is not between 0 and 5." },
        { "linux.seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["a"],"action":"SCMP_ACT_KILL","args":[{"index":0,"op":"="}]}]}""", "linux.seccomp.syscalls[0].args[0].op: '=' is no known operator" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void What_the_specification_calls_an_error_is_one(string property, string? value, string message)
    {
        var error = Assert.Throws<ContainerException>(() => Check(With(property, value)));
        Assert.True(error.Reason is ErrorReason.InvalidArgument or ErrorReason.NotSupported);
        Assert.StartsWith(message, error.Message);
    }

    /// <summary>What only a namespace of one's own allows: namespace, property, value, the field that is named.</summary>
    [Theory]
    [InlineData("uts", "hostname", "\"x\"", "hostname: it needs a uts namespace in linux.namespaces.")]
    [InlineData("uts", "domainname", "\"x\"", "domainname: it needs a uts namespace in linux.namespaces.")]
    [InlineData("mount", "linux.maskedPaths", "[\"/a\"]", "linux.maskedPaths: it needs a mount namespace in linux.namespaces.")]
    [InlineData("mount", "linux.readonlyPaths", "[\"/a\"]", "linux.readonlyPaths: it needs a mount namespace in linux.namespaces.")]
    [InlineData("user", "linux.uidMappings", """[{"size":1}]""", "linux.uidMappings: it needs a user namespace in linux.namespaces.")]
    [InlineData("user", "linux.gidMappings", """[{"size":1}]""", "linux.gidMappings: it needs a user namespace in linux.namespaces.")]
    [InlineData("time", "linux.timeOffsets", """{"boottime":{"secs":1}}""", "linux.timeOffsets: it needs a time namespace in linux.namespaces.")]
    [InlineData("network", "linux.netDevices", """{"eth0":{}}""", "linux.netDevices: it needs a network namespace in linux.namespaces.")]
    [InlineData("ipc", "linux.sysctl", """{"kernel.msgmax":"1"}""", "linux.sysctl.kernel.msgmax: it is not allowed in the host's ipc namespace.")]
    [InlineData("ipc", "linux.sysctl", """{"fs.mqueue.queues_max":"1"}""", "linux.sysctl.fs.mqueue.queues_max: it is not allowed in the host's ipc namespace.")]
    [InlineData("network", "linux.sysctl", """{"net.ipv4.ip_forward":"1"}""", "linux.sysctl.net.ipv4.ip_forward: it is not allowed in the host's network namespace.")]
    [InlineData("uts", "linux.sysctl", """{"kernel.domainname":"x"}""", "linux.sysctl.kernel.domainname: it is not allowed in the host's uts namespace.")]
    [InlineData("user", "linux.sysctl", """{"user.max_user_namespaces":"1"}""", "linux.sysctl.user.max_user_namespaces: it is not allowed in the host's user namespace.")]
    public void What_belongs_to_a_namespace_needs_one(string type, string property, string value, string message)
    {
        var with = With(property, value);
        Assert.Empty(Check(with));
        var document = JsonNode.Parse(with)!;
        var namespaces = document["linux"]!["namespaces"]!.AsArray();
        namespaces.Remove(namespaces.Single(n => (string?)n!["type"] == type));
        Assert.Equal(message, Assert.Throws<ContainerException>(() => Check(document.ToJsonString())).Message);
    }

    [Fact]
    public void The_host_s_network_namespace_by_path_is_no_namespace_of_its_own()
    {
        var document = JsonNode.Parse(With("linux.sysctl", """{"net/ipv4/conf/eth0.1/rp_filter":"1"}"""))!;
        Assert.Empty(Check(document.ToJsonString()));
        document["linux"]!["namespaces"]![3]!["path"] = "/proc/self/ns/net";
        Assert.StartsWith("linux.sysctl.net/ipv4/conf/eth0.1/rp_filter: it is not allowed in the host's network namespace", Assert.Throws<ContainerException>(() => Check(document.ToJsonString())).Message);
        document["linux"]!["namespaces"]![3]!["path"] = "/no/such/namespace";
        Assert.Contains("/no/such/namespace", Assert.Throws<ContainerException>(() => Check(document.ToJsonString())).Message);
    }

    [Fact]
    public void The_clocks_of_a_joined_time_namespace_can_t_be_set()
    {
        var document = JsonNode.Parse(With("linux.timeOffsets", """{"boottime":{"secs":1}}"""))!;
        document["linux"]!["namespaces"]![5]!["path"] = "/proc/self/ns/time";
        Assert.StartsWith("linux.timeOffsets: ", Assert.Throws<ContainerException>(() => Check(document.ToJsonString())).Message);
    }

    [Theory]
    [InlineData("kernel.domainname", "kernel/domainname")]
    [InlineData("net.ipv4.ip_forward", "net/ipv4/ip_forward")]
    [InlineData("net/ipv4/conf/eno2.100/rp_filter", "net/ipv4/conf/eno2.100/rp_filter")]
    [InlineData("net.ipv4.conf.eno2/100.rp_filter", "net/ipv4/conf/eno2.100/rp_filter")]
    [InlineData("net", "net")]
    public void A_kernel_parameter_s_first_separator_says_what_the_other_one_means(string key, string file) =>
        Assert.Equal(file, SysctlValidation.File(key));

    [Theory]
    [InlineData("process.apparmorProfile", "process.apparmorProfile: apparmor: ")]
    [InlineData("process.selinuxLabel", "process.selinuxLabel: selinux label is specified in config, but selinux is disabled or not supported.")]
    [InlineData("linux.intelRdt.closID", "linux.intelRdt: ")]
    public void A_confinement_that_this_host_can_t_give_is_refused(string property, string message)
    {
        if (property.Contains("apparmor") ? Linux.SecurityModules.HasAppArmor : property.Contains("selinux") && Linux.SecurityModules.HasSelinux)
            return;
        var error = Assert.Throws<ContainerException>(() => Check(With(property, "\"x\"")));
        Assert.Equal(ErrorReason.NotSupported, error.Reason);
        Assert.StartsWith(message, error.Message);
        Assert.NotNull(error.Remedy);
    }

    [Theory]
    [InlineData("process.capabilities", """{"bounding":["CAP_CHOWN","CAP_UNICORN"],"ambient":["CAP_UNICORN"]}""", "process.capabilities: ignoring unknown or unavailable capabilities: CAP_UNICORN.")]
    [InlineData("mounts", """[{"destination":"tmp"}]""", "mounts[0].destination: 'tmp' is relative")]
    [InlineData("linux.personality", """{"domain":"LINUX32","flags":["X"]}""", "linux.personality.flags: ignored")]
    public void What_is_ignored_is_a_warning(string property, string value, string warning) =>
        Assert.StartsWith(warning, Assert.Single(Check(With(property, value))));

    [Theory]
    [InlineData("process.consoleSize", """{"height":100000,"width":1}""")]
    [InlineData("linux.seccomp", "{}")]
    [InlineData("linux.resources.cpu", """{"cpus":" 0-1, 3 ","mems":"0"}""")]
    [InlineData("linux.resources.memory", """{"limit":0,"swap":-1}""")]
    [InlineData("linux.resources.blockIO", """{"weight":0}""")]
    [InlineData("process.scheduler", """{"policy":"SCHED_BATCH","nice":19,"priority":0}""")]
    [InlineData("process.scheduler", """{"policy":"SCHED_DEADLINE","runtime":42000,"deadline":100000,"period":0,"nice":19}""")]
    [InlineData("ociVersion", "\"1.0.2-dev\"")]
    [InlineData("ociVersion", "\"1.3.0-rc.1+build.5\"")]
    [InlineData("ociVersion", "\"1.99.0\"")]
    [InlineData("process.apparmorProfile", "\"unconfined\"")]
    [InlineData("linux.netDevices", """{"eth0":{"name":"d%d"},"eth1":{"name":"d%d"}}""")]
    public void What_is_unusual_and_still_right_passes(string property, string value) => Assert.Empty(Check(With(property, value)));

    [Theory]
    [InlineData("""{"process":{"args":["a","b\u0000c"]}}""", "process.args[1]: it holds a null character.")]
    [InlineData("""{"x":[{},["y"]],"mounts":[{},{"x":[[{}]],"options":["x","\u0000"]}]}""", "mounts[1].options[1]: it holds a null character.")]
    [InlineData("""{"annotations":{"a\u0000b":"c"}}""", "annotations.a?b: it holds a null character.")]
    [InlineData("""{"hostname":"\\u0000","domainname":"\u0000"}""", "domainname: it holds a null character.")]
    public void A_null_character_is_refused(string document, string message)
    {
        var error = Assert.Throws<ContainerException>(() => RuntimeSpecJson.Parse(Encoding.UTF8.GetBytes(document), "config.json"));
        Assert.Equal("config.json: " + message, error.Message);
    }

    private static List<string> Check(string document)
    {
        var warnings = new List<string>();
        SpecValidation.Check(RuntimeSpecJson.Parse(Encoding.UTF8.GetBytes(document), "config.json"), warnings.Add);
        return warnings;
    }

    /// <summary>The minimal document with one property set, or taken away.</summary>
    private static string With(string property, string? value)
    {
        var document = JsonNode.Parse(Minimal)!;
        var parts = property.Replace("[", ".[").Split('.');
        JsonNode parent = document;
        foreach (var part in parts[..^1])
            parent = part[0] == '[' ? parent[int.Parse(part[1..^1])]! : parent[part] ??= new JsonObject();
        if (value is null)
            parent.AsObject().Remove(parts[^1]);
        else
            parent[parts[^1]] = JsonNode.Parse(value);
        return document.ToJsonString();
    }
}
